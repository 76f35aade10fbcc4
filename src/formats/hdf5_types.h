// The HDF5 type of each C++ element type, as it lies in memory and in the file (both little endian).
#pragma once

#include <hdf5.h>

#include <cstdint>

#include "foldwave/formats/half.h"
#include "formats/hdf5_call.h"

namespace foldwave::formats {

template <class T>
hid_t hdf5_type();  // borrowed: lives as long as the library
template <>
hid_t hdf5_type<float>();
template <>
hid_t hdf5_type<double>();
template <>
hid_t hdf5_type<int16_t>();
template <>
hid_t hdf5_type<int32_t>();
template <>
hid_t hdf5_type<int64_t>();
template <>
hid_t hdf5_type<uint32_t>();
template <>
hid_t hdf5_type<uint64_t>();
template <>
hid_t hdf5_type<Half>();  // the IEEE binary16 that numpy and h5py know as float16

Hdf5Id hdf5_text(size_t length);  // UTF-8, padded with NUL; H5T_VARIABLE: of any length

}  // namespace foldwave::formats
