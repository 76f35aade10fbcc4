// A library that foldwave stands on, and its version: what `foldwave --version` and environment.json say.
#pragma once

#include <string>
#include <vector>

namespace foldwave {

struct Library {
  std::string name, version;  // "HDF5", "1.10.8"
};
std::vector<Library> libraries();  // of this room: those in headers with the versions that it was built with

}  // namespace foldwave
