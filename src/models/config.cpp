#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/features/block_features.h"
#include "foldwave/features/features.h"
#include "foldwave/models/backbones.h"

namespace foldwave::models {
namespace {

// Of the columns of a summary, in their order.
std::vector<std::string> descriptors_of(const std::vector<std::string>& columns) {
  std::vector<std::string> descriptors;
  for (const std::string& column : columns) {
    const std::string descriptor = features::descriptor_of(column);
    if (descriptors.empty() || descriptors.back() != descriptor) descriptors.push_back(descriptor);
  }
  return descriptors;
}

std::vector<std::string> rich_descriptors() { return descriptors_of(features::summary_names({})); }
std::vector<std::string> block_descriptors() {
  return descriptors_of(features::block_feature_names(features::FeatureConfig{}.n_mels));
}

std::vector<std::string> all_descriptors() {
  std::vector<std::string> all = rich_descriptors();
  const std::vector<std::string> of_blocks = block_descriptors();
  all.insert(all.end(), of_blocks.begin(), of_blocks.end());
  return all;
}

void declare_networks(OptionRegistry& registry) {
  constexpr auto integer = ValueKind::integer, real = ValueKind::real;
  registry.add({.key = "model.weights",
                .help = "safetensors file, exported from timm or made here, that a backbone starts from; none: from "
                        "the seed. A trial is identified by what is in it",
                .kind = ValueKind::path,
                .effect = Effect::layout});
  registry.add({.key = "model.channels",
                .default_value = "1",
                .help = "channels of the spectrogram that a backbone's stem takes",
                .kind = integer,
                .min = 1,
                .max = 16});
  registry.add({.key = "model.hidden",
                .default_value = "256,128",
                .help = "widths of the feed-forward net's hidden layers",
                .kind = integer,
                .unit = "units",
                .min = 1,
                .max = 65536,
                .list = true});
  registry.add({.key = "model.hidden_norm",
                .default_value = "none",
                .help = "normalisation behind each hidden layer of the feed-forward net",
                .choices = {"none", "batch"}});
  registry.add({.key = "model.dropout",
                .default_value = "0.3",
                .help = "share of hidden units that the feed-forward net and cnn_small leave out in training",
                .kind = real,
                .min = 0,
                .max = 0.99});
  registry.add({.key = "model.drop_rate",
                .default_value = "0",
                .help = "share of a backbone's features that its classifier does not see in training",
                .kind = real,
                .min = 0,
                .max = 0.99});
  registry.add({.key = "model.drop_path_rate",
                .default_value = "0",
                .help = "stochastic depth: share of the samples that skip a backbone's last block in training; less "
                        "before it",
                .kind = real,
                .min = 0,
                .max = 0.99});
  registry.add({.key = "model.cnn_channels",
                .default_value = "32,64,128,256",
                .help = "channels of cnn_small's blocks",
                .kind = integer,
                .unit = "channels",
                .min = 1,
                .max = 4096,
                .list = true});
}

void declare_summaries(OptionRegistry& registry) {
  registry.add({.key = "model.summary",
                .default_value = "auto",
                .help =
                    "what models on summaries see: mfcc, rich (of a store made with features.summary = rich), blocks "
                    "(block-level features of the mel spectrogram), or auto: mfcc for mfcc_mlp, rich for logistic "
                    "and rbf",
                .choices = {"auto", "mfcc", "rich", "blocks"}});
  registry.add({.key = "model.descriptors",
                .help = "parts of the rich summary, or of the blocks, that a model sees; empty: all",
                .choices = all_descriptors(),
                .list = true});
  registry.add({.key = "model.window_s",
                .default_value = "0",
                .help = "the rich summary or the blocks are made of windows of this length, drawn at random in "
                        "training, overlapping by "
                        "half in prediction; 0: of the whole song",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0,
                .max = 3600});
  registry.add({.key = "model.normalisation",
                .default_value = "standard",
                .help = "of a summary's columns: standard gives each mean 0 and deviation 1 over the training songs; "
                        "balanced then lets every descriptor weigh the same, however many columns "
                        "it has",
                .choices = {"standard", "balanced"}});
}

void declare_shallow(OptionRegistry& registry) {
  registry.add({.key = "model.c",
                .default_value = "1",
                .help = "inverse of the L2 penalty of logistic and rbf, as scikit-learn's C",
                .kind = ValueKind::real,
                .min = 1e-9,
                .max = 1e9});
  registry.add({.key = "model.gamma",
                .default_value = "1",
                .help = "how narrow rbf's kernel is, in units of scikit-learn's gamma=scale",
                .kind = ValueKind::real,
                .min = 1e-4,  // a wider one has eigenvalues that RbfNetwork takes for noise
                .max = 1e6});
  registry.add({.key = "model.landmarks",
                .default_value = "1000",
                .help = "training rows that rbf's kernel is spanned by (Nystroem), drawn by the seed where there are "
                        "more",
                .kind = ValueKind::integer,
                .unit = "rows",
                .min = 1,
                .max = 20000});
}

std::vector<int> whole_numbers(const Settings& settings, const std::string& key) {
  std::vector<int> numbers;
  for (const std::string& item : settings.list(key)) numbers.push_back(std::stoi(item));
  return numbers;
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  registry.add(
      {.key = "model.backbone", .help = "required by forward: the network it is about", .effect = Effect::display});
  registry.add({.key = "model.classes",
                .default_value = "0",
                .help = "of forward; training counts those of the table",
                .kind = ValueKind::integer,
                .min = 0,
                .max = 1e6,
                .effect = Effect::display});
  declare_networks(registry);
  declare_summaries(registry);
  declare_shallow(registry);
  registry.usual({"model.weights"});
}

ModelConfig model_config(const Settings& settings, const std::string& name, int classes, int summary_width) {
  ModelConfig config;
  config.name = name;
  config.classes = classes;
  config.channels = static_cast<int>(settings.integer("model.channels"));
  config.summary_width = summary_width;
  config.hidden = whole_numbers(settings, "model.hidden");
  config.hidden_norm = settings.text("model.hidden_norm") == "batch";
  config.dropout = settings.real("model.dropout");
  config.drop_rate = settings.real("model.drop_rate");
  config.drop_path_rate = settings.real("model.drop_path_rate");
  config.cnn_channels = whole_numbers(settings, "model.cnn_channels");
  if (config.cnn_channels.size() != 4)
    throw InputError(settings.where("model.cnn_channels") + " = '" + settings.text("model.cnn_channels") +
                     "': cnn_small has four blocks, so four numbers are expected");
  config.c = settings.real("model.c");
  config.gamma = settings.real("model.gamma");
  config.landmarks = static_cast<int>(settings.integer("model.landmarks"));
  return config;
}

namespace {

void require_descriptors(const Settings& settings, const SummaryConfig& config) {
  const bool rich = config.kind == SummaryKind::rich;
  const auto there = rich ? rich_descriptors() : block_descriptors();
  for (const std::string& name : config.descriptors) {
    if (std::find(there.begin(), there.end(), name) != there.end()) continue;
    std::string known;
    for (const std::string& other : there) known += (known.empty() ? "" : ", ") + other;
    throw InputError(settings.where("model.descriptors") + ": '" + name + "' is no part of " +
                     (rich ? "the rich summary" : "the blocks") + "; there are " + known);
  }
}

}  // namespace

SummaryConfig summary_config(const Settings& settings, const std::string& name) {
  SummaryConfig config;
  const std::string& summary = settings.text("model.summary");
  if (summary == "rich" || (summary == "auto" && is_shallow(name))) config.kind = SummaryKind::rich;
  if (summary == "blocks") config.kind = SummaryKind::blocks;
  config.descriptors = settings.list("model.descriptors");
  config.window_s = settings.real("model.window_s");
  config.balanced = settings.text("model.normalisation") == "balanced";
  if (takes_mel(name)) return config;
  if (config.kind != SummaryKind::mfcc) {
    require_descriptors(settings, config);
    return config;
  }
  const std::pair<const char*, bool> of_others[]{{"model.descriptors", !config.descriptors.empty()},
                                                 {"model.window_s", config.window_s > 0}};
  for (const auto& [key, asked_for] : of_others)
    if (asked_for)
      throw InputError(settings.where(key) + " = '" + settings.text(key) +
                       "' is about the rich summary or the blocks, but " + name +
                       " sees the summary of the MFCC; model.summary = rich was expected");
  return config;
}

}  // namespace foldwave::models
