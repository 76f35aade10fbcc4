#include "foldwave/formats/libraries.h"

#include <csv.h>
#include <hdf5.h>
#include <isa-l.h>

#include <nlohmann/json.hpp>
#include <protozero/version.hpp>

namespace foldwave::formats {
namespace {

std::string dotted(unsigned major, unsigned minor, unsigned patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

// Not H5get_libversion(): whatever is HDF5's first call, its exit handler must be taken over before (hdf5_call.cpp). A
// library of another version than these headers ends the program by itself.
std::string hdf5() { return dotted(H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE); }

}  // namespace

std::vector<Library> libraries() {
  return {
      {"HDF5", hdf5()},
      {"libcsv", dotted(CSV_MAJOR, CSV_MINOR, CSV_RELEASE)},
      {"isa-l", dotted(ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION, ISAL_PATCH_VERSION)},
      {"nlohmann-json", dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
      {"protozero", PROTOZERO_VERSION_STRING}};
}

}  // namespace foldwave::formats
