// Folds of the user's own: a CSV table song_id,fold that names every training song once.
#pragma once

#include <filesystem>
#include <vector>

#include "foldwave/catalog/catalog.h"

namespace foldwave::catalog {

// The fold of each training row. InputError on a song that is unknown, missing or there twice, a fold that is no number
// or has no song, a group in two folds.
std::vector<int> read_folds_file(const std::filesystem::path& path, const Catalog& catalog);

}  // namespace foldwave::catalog
