// The named columns of a struct as arrays of an HDF5 file: `columns` values a row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "foldwave/formats/hdf5.h"

namespace foldwave::store {

template <class T>
void write_table(formats::Hdf5File& file, const std::string& name, const std::vector<T>& values, size_t columns) {
  std::vector<uint64_t> shape = {values.size() / columns};
  if (columns > 1) shape.push_back(columns);
  file.write<T>(name, std::span<const T>(values), shape);
}
inline void write_table(formats::Hdf5File& file, const std::string& name, const std::vector<std::string>& values,
                        size_t) {
  file.write_strings(name, values);
}

template <class T>
void read_table(const formats::Hdf5File& file, const std::string& name, std::vector<T>& values) {
  values = file.read<T>(name);
}
inline void read_table(const formats::Hdf5File& file, const std::string& name, std::vector<std::string>& values) {
  values = file.read_strings(name);
}

}  // namespace foldwave::store
