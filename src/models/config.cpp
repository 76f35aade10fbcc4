#include "foldwave/models/backbones.h"

namespace foldwave::models {

void declare_options(OptionRegistry& registry) {
  constexpr auto integer = ValueKind::integer, real = ValueKind::real;
  registry.add(
      {.key = "model.backbone", .help = "required by forward: the network it is about", .effect = Effect::display});
  registry.add({.key = "model.classes",
                .default_value = "0",
                .help = "of forward; training counts those of the table",
                .kind = integer,
                .min = 0,
                .max = 1e6,
                .effect = Effect::display});
  registry.add(
      {.key = "model.weights",
       .help = "safetensors file, exported from timm or made here, that a backbone starts from; none: from the seed"});
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
  registry.add({.key = "model.drop_rate",
                .default_value = "0",
                .help = "share of a backbone's features that its classifier does not see in training",
                .kind = real,
                .min = 0,
                .max = 0.99});
  registry.add(
      {.key = "model.drop_path_rate",
       .default_value = "0",
       .help = "stochastic depth: share of the samples that skip a backbone's last block in training; less before it",
       .kind = real,
       .min = 0,
       .max = 0.99});
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
  config.drop_rate = settings.real("model.drop_rate");
  config.drop_path_rate = settings.real("model.drop_path_rate");
  return config;
}

}  // namespace foldwave::models
