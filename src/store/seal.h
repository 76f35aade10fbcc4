// The last bytes of an HDF5 file of a store, behind what HDF5 knows of: a CRC32C of all that is not payload. It is
// checked before HDF5 looks at the file, as HDF5 trusts some of what it reads (the heap of text attributes) and crashes
// on a flipped bit there. What is sealed is therefore as it was written, or is refused by name.
#pragma once

#include <array>
#include <filesystem>

#include "foldwave/core/descriptor.h"
#include "foldwave/formats/hdf5.h"
#include "store/payload.h"

namespace foldwave::store {

using PayloadExtents =
    std::array<Extent, payloads>;  // of whole arrays, each guarded by CRC32Cs of its own; may be empty

void seal(Descriptor& file, const PayloadExtents& unsealed = {});  // appends; opened for reading and writing
formats::Hdf5File open_sealed(const std::filesystem::path& path);  // InputError where the seal is not there or broken

}  // namespace foldwave::store
