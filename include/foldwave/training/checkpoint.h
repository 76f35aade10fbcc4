// A trained network in a file that is enough to predict: safetensors whose header says what goes in and what comes out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/batches/batches.h"
#include "foldwave/features/features.h"

namespace foldwave::training {

struct CheckpointHeader {
  std::string backbone;
  std::vector<std::string> class_ids;  // as the labels were written in train.csv
  std::string model_json;              // the network's own shape
  std::string precision = "auto";      // train.precision: predictions are made in the arithmetic of validation
  std::string feature_json;            // parameters of the store that it was trained on
  batches::InputConfig input;
};
CheckpointHeader read_checkpoint_header(
    const std::filesystem::path& path);  // InputError on a file that is no foldwave checkpoint

}  // namespace foldwave::training
