#include "foldwave/models/models.h"

namespace foldwave::models {

void declare_options(OptionRegistry& registry) {
  constexpr auto integer = ValueKind::integer, real = ValueKind::real;
  registry.add(
      {"model.channels", "1", "channels of the spectrogram that a backbone's stem takes", integer, "", 1, 16, {}});
  registry.add({"model.hidden",
                "256,128",
                "widths of the feed-forward net's hidden layers",
                integer,
                "units",
                1,
                65536,
                {},
                true});
  registry.add({"model.dropout",
                "0.3",
                "share of hidden units that the feed-forward net leaves out in training",
                real,
                "",
                0,
                0.99,
                {}});
}

ModelConfig model_config(const Settings& settings, const std::string& name, int classes, int summary_width) {
  ModelConfig config;
  config.name = name;
  config.classes = classes;
  config.channels = static_cast<int>(settings.integer("model.channels"));
  config.summary_width = summary_width;
  config.hidden.clear();
  for (const auto& width : settings.list("model.hidden")) config.hidden.push_back(std::stoi(width));
  config.dropout = settings.real("model.dropout");
  return config;
}

}  // namespace foldwave::models
