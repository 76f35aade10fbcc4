// The tables of a collection: train.csv, test.csv, truth.csv, genres.csv.
#pragma once

#include <filesystem>
#include <span>

#include "collection.h"

namespace demo {

void write_tables(const Collection& collection, int genres, const std::filesystem::path& folder);

// Writes under a temporary name and renames.
void write_file(const std::filesystem::path& path, std::span<const unsigned char> bytes);

}  // namespace demo
