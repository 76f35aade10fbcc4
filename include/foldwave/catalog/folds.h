// Which fold each training row is validated in: stratified, and group-aware where there are groups.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"

namespace foldwave::catalog {

struct FoldConfig {
  int count = 5;
  uint32_t seed = 1;
  std::filesystem::path file;  // the user's own folds, song_id,fold, which say their count too; empty: make them
  std::vector<int> only;       // folds to train, ascending; empty: all
};
void declare_fold_options(OptionRegistry& registry);  // folds.count, .seed, .file, .only
FoldConfig fold_config(const Settings& settings);

constexpr int kAllRows = -1;      // in place of a fold: all rows train, none validates
std::string fold_name(int fold);  // "3"; "all" for kAllRows

struct Folds {
  int count = 0;
  std::vector<int> fold;              // [train rows] 0 .. count-1
  std::vector<std::string> warnings;  // a class with fewer members (groups) than folds

  std::vector<int> training_rows(int k) const;  // rows of the catalogue's train table, ascending; k may be kAllRows
  std::vector<int> validation_rows(int k) const;
};

// As scikit-learn's StratifiedKFold and StratifiedGroupKFold, shuffled by our own generator. A class with fewer than
// two members (groups): InputError.
Folds make_folds(const Catalog& catalog, const FoldConfig& config);
std::string folds_csv(const Catalog& catalog, const Folds& folds);  // song_id,fold

}  // namespace foldwave::catalog
