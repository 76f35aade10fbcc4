#include "foldwave/catalog/predictions.h"

#include <cmath>
#include <span>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::catalog {
namespace {

using formats::Hdf5File;

// InputError unless the parts of a table fit together.
void check(const std::filesystem::path& path, const PredictionTable& table) {
  const auto refuse = [&path](const std::string& why) {
    throw InputError(path.string() + " is not a prediction table: " + why);
  };
  if (table.classes < 1) refuse("/probability has no classes");
  if (table.probability.size() != table.rows() * static_cast<size_t>(table.classes))
    refuse("/probability has another number of rows than /song_id");
  if (table.label.size() != table.rows()) refuse("/label has another number of rows than /song_id");
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.label[row] >= -1 && table.label[row] < table.classes) continue;
    refuse("the label of song_id '" + table.song_id[row] + "' is " + std::to_string(table.label[row]) +
           ", where -1 to " + std::to_string(table.classes - 1) + " was expected");
  }
}

}  // namespace

void write_predictions(const std::filesystem::path& path, const PredictionTable& table) {
  check(path, table);
  const uint64_t rows = table.rows();
  PendingFile pending(path);
  Hdf5File file = Hdf5File::create(pending.temporary());
  file.write_strings("/song_id", table.song_id);
  file.write<float>("/probability", table.probability, {rows, static_cast<uint64_t>(table.classes)});
  file.write<int32_t>("/label", table.label, {rows});
  file.set_attribute("/", "model", table.model);
  file.set_attribute("/", "augment", table.augment);
  file.set_attribute("/", "seed", table.seed);
  file.set_attribute("/", "fold", static_cast<int64_t>(table.fold));
  file.set_attribute("/", "macro_f1", table.macro_f1);
  file.set_attribute("/", "optimistic", static_cast<int64_t>(table.optimistic));
  file.close();
  pending.commit();
}

PredictionTable read_predictions(const std::filesystem::path& path) {
  const Hdf5File file = Hdf5File::open(path);
  for (const std::string name : {"/song_id", "/probability", "/label"}) {
    if (!file.has(name)) throw InputError(path.string() + " is not a prediction table: it has no " + name);
  }
  const std::vector<uint64_t> shape = file.shape("/probability");
  if (shape.size() != 2)
    throw InputError(path.string() + " is not a prediction table: /probability has " + std::to_string(shape.size()) +
                     " dimensions, where [songs, classes] was expected");

  PredictionTable table;
  table.model = file.text_attribute("/", "model");
  table.augment = file.text_attribute("/", "augment");
  table.seed = static_cast<int64_t>(file.number_attribute("/", "seed"));
  table.fold = static_cast<int>(file.number_attribute("/", "fold"));
  table.macro_f1 = file.number_attribute("/", "macro_f1");
  table.optimistic = file.has_attribute("/", "optimistic") && file.number_attribute("/", "optimistic") != 0;
  table.song_id = file.read_strings("/song_id");
  table.label = file.read<int32_t>("/label");
  table.classes = static_cast<int>(shape[1]);
  table.probability = file.read<float>("/probability");
  table.origin = path.string();
  check(path, table);
  return table;
}

}  // namespace foldwave::catalog
