// The tables a user brings: which tracks there are, which are for training and with what label, which are for test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/catalog/tracks.h"
#include "foldwave/core/options.h"

namespace foldwave::catalog {

struct CatalogConfig {
  std::filesystem::path root, train, test;  // train or test may be empty
  std::string id_column = "song_id", path_column = "filepath", label_column = "genre_id";
  std::string group_column;  // may be empty
};
void declare_options(OptionRegistry& registry);          // data.*
CatalogConfig catalog_config(const Settings& settings);  // throws InputError where a needed key is missing
// Of songs that are only asked about: whatever data.train says, there is no training table.
CatalogConfig test_catalog_config(const Settings& settings);

struct Catalog {
  std::filesystem::path root;
  Tracks tracks;           // every track once, training rows first, in table order
  std::vector<int> train;  // track numbers, in the order of train.csv
  std::vector<int> test;   // track numbers, in the order of test.csv
  std::vector<int> label;  // [train] class number 0 .. classes-1
  std::vector<int> group;  // [train] group number; empty without a group column
  std::vector<std::string> group_names;
  std::vector<std::string> class_ids;    // as written in train.csv ("7"), in numerical order
  std::vector<std::string> class_names;  // from a `genre` column; else the ids
  std::string id_column, label_column;   // for submission.csv

  int classes() const { return static_cast<int>(class_ids.size()); }
  std::filesystem::path file_of(int track) const { return root / tracks.path(track); }
  std::string hash() const;  // of ids, paths, labels, groups and test rows in order: a moved data set keeps it
};

// Reads train.csv and test.csv. InputError names file, line, column and value. Without a training table it has no
// classes: who knows them puts them in.
Catalog read_catalog(const CatalogConfig& config);

}  // namespace foldwave::catalog
