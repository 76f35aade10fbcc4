// How the training songs of each genre are spread over the folds.
#pragma once

#include <vector>

#include "foldwave/catalog/catalog.h"

namespace foldwave::report {

// [classes, folds] songs; `fold` is that of each training row, -1 for none.
std::vector<int> songs_in_folds(const catalog::Catalog& catalog, const std::vector<int>& fold, int folds);

// How dark a cell of that table is, 0 to 1: half dark where a fold has its even share of the genre's songs.
double fold_shade(int in_fold, int in_genre, int folds);

}  // namespace foldwave::report
