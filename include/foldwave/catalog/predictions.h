// Class probabilities of songs: what a trial leaves (OOF and test) and what an ensemble is made of.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace foldwave::catalog {

struct PredictionTable {
  std::string model, augment;  // "resnet18", "specaugment"
  int64_t seed = 0;
  int fold = -1;                     // -1: gathered over folds, or of a model trained on all rows
  double macro_f1 = 0;               // of the rows with a label; NaN without
  std::vector<std::string> song_id;  // [n]
  std::vector<int> label;            // [n] class number; -1: unknown
  int classes = 0;
  std::vector<float> probability;  // [n, classes]
  bool optimistic = false;         // made by weights, or after epochs, that were chosen by these rows' labels
  std::string origin = {};         // the file that it was read from, for what is said of it; never written

  size_t rows() const { return song_id.size(); }
};

// /song_id, /probability f32 [n, classes], /label i32 [n], attributes model, augment, seed, fold, macro_f1,
// optimistic and checksum; the last two may be missing. Atomic.
void write_predictions(const std::filesystem::path& path, const PredictionTable& table);
PredictionTable read_predictions(const std::filesystem::path& path);  // InputError on anything that is not such a table

// Macro F1 over the whole set, as scikit-learn's f1_score(average="macro", zero_division=0): over the classes that
// occur in truth or prediction. Rows of unknown truth (-1) do not count; 0 where no row is left.
double macro_f1(const std::vector<int>& truth, const std::vector<int>& predicted, int classes);
// The class of the greatest probability of each row, the first of equals. probability: [n, classes].
std::vector<int> most_likely(const std::vector<float>& probability, int classes);

}  // namespace foldwave::catalog
