#include <algorithm>

#include "ensemble/meta_model_file.h"
#include "foldwave/core/errors.h"
#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

void declare_options(OptionRegistry& registry) {
  std::vector<std::string> choices{"auto"};
  choices.insert(choices.end(), method_names().begin(), method_names().end());
  registry.add({.key = "stack.method",
                .default_value = "auto",
                .help = "how the models' predictions become one; auto: the geometric mean unless another way wins by "
                        "more than one standard error",
                .unit = "",
                .choices = choices});
  registry.add({.key = "stack.c",
                .default_value = "1",
                .help =
                    "inverse of the meta-model's L2 penalty, as scikit-learn's C; of several the one that does best "
                    "in cross-validation over the folds",
                .kind = ValueKind::real,
                .min = 1e-9,
                .max = 1e9,
                .list = true});
  registry.add({.key = "stack.input",
                .default_value = name_of(StackInput::probability),
                .help = "what the meta-model sees of the models",
                .choices = {name_of(StackInput::probability), name_of(StackInput::log_probability)}});
  registry.add({.key = "stack.neighbours",
                .default_value = "0",
                .help = "songs, at most, that sound most like a song among those predicted together, with whose "
                        "probabilities its own are averaged, if that scores higher on the OOF rows; for several clips "
                        "of a recording",
                .kind = ValueKind::integer,
                .unit = "songs",
                .min = 0,
                .max = kMostNeighbours});
  registry.add({.key = "stack.inputs",
                .help =
                    "OOF predictions of other programs, stacked beside the trials that are trained here: CSV (the id, "
                    "a column a class) or HDF5 as oof.h5; * and ? stand for characters of a name",
                .kind = ValueKind::path,
                .list = true});
  registry.add({.key = "stack.test_inputs",
                .help = "their predictions of data.test; of files that do not name their model, in the same order",
                .kind = ValueKind::path,
                .list = true});
}

StackConfig stack_config(const Settings& settings) {
  StackConfig config{.method = settings.text("stack.method"), .c = {}};
  for (const std::string& c : settings.list("stack.c")) config.c.push_back(std::stod(c));
  if (config.c.empty()) throw InputError(settings.where("stack.c") + " is empty; at least one number was expected");
  std::sort(config.c.begin(), config.c.end());
  config.c.erase(std::unique(config.c.begin(), config.c.end()), config.c.end());
  config.inputs = settings.list("stack.inputs");
  config.test_inputs = settings.list("stack.test_inputs");
  if (config.inputs.empty() && !config.test_inputs.empty())
    throw InputError(settings.where("stack.test_inputs") + " is given without stack.inputs");
  config.neighbours = static_cast<int>(settings.integer("stack.neighbours"));
  config.input = input_named(settings.text("stack.input"), settings.where("stack.input"));
  return config;
}

}  // namespace foldwave::ensemble
