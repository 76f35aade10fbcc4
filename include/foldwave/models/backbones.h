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
  int channels = 1;                      // of the spectrogram; ignored by models on summaries
  int summary_width = 80;                // of the summary; ignored by backbones on spectrograms
  std::vector<int> hidden = {256, 128};  // widths of the feed-forward net
  double dropout = 0.3;                  // of the feed-forward net
  double drop_rate = 0;                  // of a backbone's features before its classifier
  double drop_path_rate = 0;             // of a backbone's last block; those before it: linearly less
};
ModelConfig model_config(const Settings& settings, const std::string& name, int classes, int summary_width);

enum class Input { mel, summary };

bool known(const std::string& name);
std::vector<std::string> names();
Input input_of(const std::string& name);  // InputError on an unknown name, listing the known ones
double relative_cost(
    const std::string& name);  // of a training step, resnet18 = 1: for packing before anything was measured

}  // namespace foldwave::models
