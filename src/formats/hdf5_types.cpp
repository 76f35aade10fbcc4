#include "formats/hdf5_types.h"

#include <bit>

namespace foldwave::formats {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

template <>
hid_t hdf5_type<float>() {
  return H5T_IEEE_F32LE;
}
template <>
hid_t hdf5_type<double>() {
  return H5T_IEEE_F64LE;
}
template <>
hid_t hdf5_type<int16_t>() {
  return H5T_STD_I16LE;
}
template <>
hid_t hdf5_type<int32_t>() {
  return H5T_STD_I32LE;
}
template <>
hid_t hdf5_type<int64_t>() {
  return H5T_STD_I64LE;
}
template <>
hid_t hdf5_type<uint32_t>() {
  return H5T_STD_U32LE;
}
template <>
hid_t hdf5_type<uint64_t>() {
  return H5T_STD_U64LE;
}

namespace {

hid_t make_float16() {
  const Hdf5Call call("making HDF5's float16 type");
  const hid_t type = call(H5Tcopy(H5T_IEEE_F32LE));
  call(H5Tset_fields(type, 15, 10, 5, 0, 10));  // positions and sizes: sign, exponent, fraction
  call(H5Tset_size(type, 2));
  call(H5Tset_ebias(type, 15));
  return type;
}

}  // namespace

template <>
hid_t hdf5_type<Half>() {
  static const hid_t type = make_float16();
  return type;
}

Hdf5Id hdf5_text(size_t length) {
  const Hdf5Call call("making HDF5's text type");
  Hdf5Id type(call(H5Tcopy(H5T_C_S1)), H5Tclose);
  call(H5Tset_size(type, length));
  call(H5Tset_cset(type, H5T_CSET_UTF8));
  call(H5Tset_strpad(type, H5T_STR_NULLPAD));
  return type;
}

}  // namespace foldwave::formats
