// Class probabilities that another program has written, for the songs and classes of a catalogue.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/predictions.h"

namespace foldwave::catalog {

struct OutsidePredictions {
  PredictionTable table;  // its rows as they are in the file, whatever songs they are of; labels -1 where it has none
  std::vector<int> fold;  // [rows] that the file says a song was held out in; empty where it does not say
};

// CSV: the id column and one column a class, in any order, called by the class's id or name, and perhaps the label's
// column and one called `fold`; its model is called as the file. HDF5: as write_predictions writes it, classes in the
// catalogue's order; of the attributes and /label any may be missing. InputError that names the file, and where it is
// one cell's fault, its line.
OutsidePredictions read_outside_predictions(const std::filesystem::path& path, const Catalog& catalog);

// What a file says of its model without being read as a whole; model is empty where it says nothing, as a CSV does.
PredictionTable read_model_of(const std::filesystem::path& path);

bool is_hdf5(const std::filesystem::path& path);  // by its name: .h5, .hdf5

}  // namespace foldwave::catalog
