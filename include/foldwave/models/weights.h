// Weights that others trained, into a network of the same name: what timm exports, and our own checkpoints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "foldwave/models/models.h"

namespace foldwave::models {

using Weights = std::map<std::string, torch::Tensor>;

// Every tensor of a safetensors file; F16, BF16 and F64 become float32. InputError on elements of another type.
Weights read_weights(const std::filesystem::path& path);

double weights_mib(const Network& network);  // of its parameters

// What was not taken as it was; 0: nothing of the kind.
struct LoadOutcome {
  int64_t stem_channels = 0;       // input channels of the file's stem, which was adapted as timm does
  int64_t classifier_classes = 0;  // classes of the file's classifier, which was left out: the network keeps its own
  bool other_classes = false;      // as many as the network's, perhaps, but not the same
};
std::string describe(
    const LoadOutcome& outcome);  // "", or what the user should know: "classifier of 1000 classes left out"

// By name, all of them. A stem for 3 channels serves any number of them; a classifier of another size, or of
// `other_classes`, stays as the network was initialised. InputError on anything else that does not fit, with `source`,
// the tensor's name and both shapes; then the network is as it was.
LoadOutcome load_weights(Network& network, const Weights& weights, const std::string& source,
                         bool other_classes = false);

}  // namespace foldwave::models
