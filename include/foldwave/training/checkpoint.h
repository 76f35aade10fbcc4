// A trained network in a file that is enough to predict: safetensors whose header says what goes in and what comes out.
#pragma once

#include <cstdint>
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
  // Of its trial; in files of older versions these are as they stand here.
  std::string point;  // of the grid: "resnet18+masks"
  int64_t seed = 0;
  int fold = 0;                     // that held its validation songs, or catalog::kAllRows
  int crops = 4;                    // predict.crops
  std::string combine = "mean";     // predict.combine
  std::vector<double> class_share;  // [classes] of the songs it was trained on; empty: unknown
  std::string identity;             // of the trial, as the journal has it; empty: unknown
};
CheckpointHeader read_checkpoint_header(
    const std::filesystem::path& path);  // InputError on a file that is no foldwave checkpoint

// Whether weights to start from are those of a checkpoint of ours with other classes, however many: its classifier is
// of no use.
bool is_of_other_classes(const std::filesystem::path& weights, const std::vector<std::string>& class_ids);

// Reads the network too, and lets it go. InputError where it is damaged, or not what the header says.
void try_checkpoint(const std::filesystem::path& path);

}  // namespace foldwave::training
