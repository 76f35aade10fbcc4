// Which backbones there are, what they are made from, what they eat and cost: all that a room without LibTorch needs to
// know of them.
#pragma once

#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::models {

void declare_options(OptionRegistry& registry);  // model.*

struct ModelConfig {
  std::string name;  // "resnet18"
  int classes = 2;
  int channels = 1;                                    // of the spectrogram; ignored by models on summaries
  int summary_width = 80;                              // of the summary; ignored by backbones on spectrograms
  std::vector<int> hidden = {256, 128};                // widths of the feed-forward net
  bool hidden_norm = false;                            // batch normalisation behind each of its hidden layers
  double dropout = 0.3;                                // of the feed-forward net and of cnn_small
  double drop_rate = 0;                                // of a backbone's features before its classifier
  double drop_path_rate = 0;                           // of a backbone's last block; those before it: linearly less
  std::vector<int> cnn_channels = {32, 64, 128, 256};  // of cnn_small's blocks
  double c = 1;                                        // of logistic and rbf: as scikit-learn's C
  double gamma = 1;      // of rbf: its width, in units of 1 / (columns * variance), scikit-learn's "scale"
  int landmarks = 1000;  // of rbf: training rows that its kernel is spanned by, at most
};
ModelConfig model_config(const Settings& settings, const std::string& name, int classes, int summary_width);
// Every field, both ways: what a checkpoint says of its network. InputError on JSON that is not one.
std::string to_json(const ModelConfig& config);
ModelConfig model_config_from_json(const std::string& json);

// How a model takes its summaries.
enum class SummaryKind { mfcc, rich, blocks };
struct SummaryConfig {
  SummaryKind kind = SummaryKind::mfcc;
  std::vector<std::string> descriptors;  // of the rich one or the blocks; empty: all
  double window_s = 0;                   // 0: of the whole song
  bool balanced = false;                 // every descriptor weighs the same, however many columns it has
};
SummaryConfig summary_config(const Settings& settings, const std::string& name);

bool known(const std::string& name);
std::vector<std::string> names();
bool takes_mel(
    const std::string& name);  // rather than summaries; InputError on an unknown name, listing the known ones
int least_side(const std::string& name);   // mel bins and frames that it must be given
bool is_shallow(const std::string& name);  // fitted in one go on all rows, not in epochs
// Whether a key of [model] or [train] ("train.lr"), or run.seed, changes anything of this model. Other keys: true.
bool reads(const std::string& name, const std::string& key);
// Where the CPU has instructions for bf16; measured, see registry.cpp.
bool trains_faster_in_bf16_on_cpu(const std::string& name);
bool predicts_faster_in_bf16_on_cpu(const std::string& name);
bool as_fast_in_bf16_on_gpu(const std::string& name);  // measured too
double relative_cost(
    const std::string& name);  // of a training step, resnet18 = 1: for packing before anything was measured

}  // namespace foldwave::models
