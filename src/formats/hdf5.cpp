#include "foldwave/formats/hdf5.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/formats/utf8.h"
#include "formats/hdf5_call.h"
#include "formats/hdf5_types.h"

namespace foldwave::formats {
namespace {

constexpr hsize_t payload_alignment = 4096;  // bytes: a page, so that pread touches no more of them than it must

Hdf5Id file_access() {
  const Hdf5Call call("setting HDF5's file access");
  Hdf5Id access(call(H5Pcreate(H5P_FILE_ACCESS)), H5Pclose);
  call(H5Pset_alignment(access, payload_alignment, payload_alignment));
  call(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18));  // the same bytes whatever the library's version
  call(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG));
  // Files appear by rename and are never changed, so nothing needs a lock, which many network file systems do not have.
  call(H5Pset_file_locking(access, false, true));
  return access;
}

Hdf5Id without_times(hid_t property_class) {
  const Hdf5Call call("setting HDF5's creation properties");
  Hdf5Id properties(call(H5Pcreate(property_class)), H5Pclose);
  call(H5Pset_obj_track_times(properties, false));
  return properties;
}

Hdf5Id contiguous() {
  const Hdf5Call call("setting HDF5's data set creation");
  Hdf5Id properties = without_times(H5P_DATASET_CREATE);
  call(H5Pset_layout(properties, H5D_CONTIGUOUS));
  call(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY));
  call(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER));
  return properties;
}

Hdf5Id dataspace(const std::vector<uint64_t>& shape) {
  const Hdf5Call call("describing an HDF5 shape");
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  if (sizes.empty()) return {call(H5Screate(H5S_SCALAR)), H5Sclose};
  return {call(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr)), H5Sclose};
}

uint64_t elements_of(const std::vector<uint64_t>& shape, const std::string& what) {
  uint64_t elements = 1;
  for (const uint64_t size : shape) {
    if (__builtin_mul_overflow(elements, size, &elements)) throw InputError(what + ": a shape that overflows");
  }
  return elements;
}

size_t longest(const std::vector<std::string>& values) {
  size_t length = 0;
  for (const auto& value : values) length = std::max(length, value.size());
  return length;
}

void require_text(const std::string& value, const std::string& what) {
  if (!is_utf8(value)) throw InputError(what + ": '" + value + "' is not UTF-8");
  if (value.find('\0') != std::string::npos)
    throw InputError(what + ": a NUL byte in '" + value.substr(0, value.find('\0')) + "'");
}

// Text of a fixed length as it lies in the file, without its padding.
std::string unpadded(const char* text, size_t length, H5T_str_t padding) {
  std::string value(text, padding == H5T_STR_SPACEPAD ? length : strnlen(text, length));
  if (padding == H5T_STR_SPACEPAD) value.erase(value.find_last_not_of(' ') + 1);
  return value;
}

// Reads all of a text array or attribute through `read(memory type, buffer)`.
template <class Read>
std::vector<std::string> read_texts(const Hdf5Call& call, hid_t type, hid_t space, Read read) {
  const auto count = static_cast<size_t>(call(H5Sget_simple_extent_npoints(space)));
  std::vector<std::string> values;
  if (count == 0) return values;
  if (call(H5Tis_variable_str(type)) > 0) {
    std::vector<char*> texts(count, nullptr);
    call(read(type, texts.data()));
    for (const char* text : texts) values.emplace_back(text != nullptr ? text : "");
    call(H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data()));
    return values;
  }
  const size_t length = H5Tget_size(type);
  std::vector<char> bytes(count * length);
  call(read(type, bytes.data()));
  for (size_t i = 0; i < count; ++i) values.push_back(unpadded(bytes.data() + i * length, length, H5Tget_strpad(type)));
  return values;
}

}  // namespace

struct Hdf5File::State {
  std::filesystem::path path;
  Hdf5Id file;

  std::string what(const std::string& object) const { return "'" + object + "' of '" + path.string() + "'"; }

  Hdf5Id array(const std::string& name) const {
    const Hdf5Call call("opening " + what(name));
    if (H5Lexists(file, name.c_str(), H5P_DEFAULT) <= 0) throw InputError(path.string() + ": has no '" + name + "'");
    Hdf5Id array(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (array < 0) throw InputError(path.string() + ": '" + name + "' is not a whole array (" + hdf5_reason() + ")");
    return array;
  }

  H5T_class_t kind(hid_t array, const std::string& name) const {
    const Hdf5Call call("reading the type of " + what(name));
    return H5Tget_class(Hdf5Id(call(H5Dget_type(array)), H5Tclose));
  }

  Hdf5Id numbers(const std::string& name) const {
    Hdf5Id opened = array(name);
    const H5T_class_t elements = kind(opened, name);
    if (elements != H5T_INTEGER && elements != H5T_FLOAT)
      throw InputError(path.string() + ": '" + name + "' does not hold numbers");
    return opened;
  }

  Hdf5Id texts(const std::string& name) const {
    Hdf5Id opened = array(name);
    if (kind(opened, name) != H5T_STRING) throw InputError(path.string() + ": '" + name + "' does not hold text");
    return opened;
  }

  Hdf5Id new_array(const std::string& name, hid_t type, const std::vector<uint64_t>& shape) const {
    const Hdf5Call call("making " + what(name));
    const Hdf5Id space = dataspace(shape), properties = contiguous();
    return {call(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT)), H5Dclose};
  }

  std::vector<uint64_t> shape(hid_t array, const std::string& name) const {
    const Hdf5Call call("reading the shape of " + what(name));
    const Hdf5Id space(call(H5Dget_space(array)), H5Sclose);
    std::vector<hsize_t> sizes(static_cast<size_t>(call(H5Sget_simple_extent_ndims(space))));
    call(H5Sget_simple_extent_dims(space, sizes.data(), nullptr));
    return {sizes.begin(), sizes.end()};
  }

  uint64_t row_size(hid_t array, const std::string& name) const {
    const auto sizes = shape(array, name);
    return sizes.empty() ? 0 : elements_of({sizes.begin() + 1, sizes.end()}, what(name));
  }

  // The rows [first, first + count) of an array, selected in its space.
  Hdf5Id rows(hid_t array, const std::string& name, uint64_t first, uint64_t count) const {
    const Hdf5Call call("selecting rows of " + what(name));
    const auto sizes = shape(array, name);
    if (sizes.empty() || first > sizes[0] || count > sizes[0] - first) {
      throw SystemError(what(name) + ": " + std::to_string(count) + " rows from row " + std::to_string(first) +
                        " do not fit");
    }
    std::vector<hsize_t> begin(sizes.size(), 0), extent(sizes.begin(), sizes.end());
    begin[0] = first;
    extent[0] = count;
    Hdf5Id space(call(H5Dget_space(array)), H5Sclose);
    call(H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, extent.data(), nullptr));
    return space;
  }

  // A shape is only a claim: room is made for what the file can hold, compressed at most a thousandfold.
  void require_plausible(uint64_t elements, uint64_t element_bytes, const std::string& name) const {
    const uint64_t most = std::filesystem::file_size(path) * 1100;
    if (elements > most / element_bytes) {
      throw InputError(path.string() + ": '" + name + "' claims " + std::to_string(elements) +
                       " elements, more than the file can hold");
    }
  }

  Hdf5Id new_attribute(const std::string& object, const std::string& name, hid_t type, hid_t space) const {
    const Hdf5Call call("making attribute '" + name + "' on " + what(object));
    return {
        call(H5Acreate_by_name(file, object.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)),
        H5Aclose};
  }

  Hdf5Id attribute(const std::string& object, const std::string& name) const {
    const Hdf5Call call("opening attribute '" + name + "' of " + what(object));
    if (H5Aexists_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT) <= 0) {
      throw InputError(path.string() + ": '" + object + "' has no attribute '" + name + "'");
    }
    return {call(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT)), H5Aclose};
  }

  template <class T>
  void set_number(const std::string& object, const std::string& name, T value) const {
    const Hdf5Call call("writing attribute '" + name + "' of " + what(object));
    const Hdf5Id space = dataspace({});
    Hdf5Id attribute = new_attribute(object, name, hdf5_type<T>(), space);
    call(H5Awrite(attribute, hdf5_type<T>(), &value));
    call(attribute.close());
  }

  // Attributes are text of any length: h5py gives str for these, and bytes for a fixed length.
  void set_text(const std::string& object, const std::string& name, const std::vector<std::string>& values,
                hid_t space) const {
    const Hdf5Call call("writing attribute '" + name + "' of " + what(object));
    std::vector<const char*> texts;
    for (const auto& value : values) {
      require_text(value, path.string() + ": attribute '" + name + "'");
      texts.push_back(value.c_str());
    }
    const Hdf5Id type = hdf5_text(H5T_VARIABLE);
    Hdf5Id attribute = new_attribute(object, name, type, space);
    if (!texts.empty()) call(H5Awrite(attribute, type, texts.data()));
    call(attribute.close());
  }
};

Hdf5File::Hdf5File(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File& Hdf5File::operator=(Hdf5File&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

Hdf5File::~Hdf5File() {
  if (!state_) return;
  const Hdf5Call call("closing '" + state_->path.string() + "'");
  state_.reset();
}

Hdf5File Hdf5File::create(const std::filesystem::path& path) {
  const Hdf5Call call("creating '" + path.string() + "'");
  const Hdf5Id access = file_access(), creation = without_times(H5P_FILE_CREATE);
  Hdf5Id file(call(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access)), H5Fclose);
  return Hdf5File(std::unique_ptr<State>(new State{path, std::move(file)}));
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  const Hdf5Call call("opening '" + path.string() + "'");
  if (!std::filesystem::exists(path)) throw InputError(path.string() + ": no such file");
  const Hdf5Id access = file_access();
  const htri_t is_hdf5 = H5Fis_hdf5(path.c_str());
  if (is_hdf5 == 0) throw InputError(path.string() + ": not an HDF5 file");
  call(is_hdf5);
  Hdf5Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (file < 0) throw InputError(path.string() + ": not a whole HDF5 file (" + hdf5_reason() + ")");
  return Hdf5File(std::unique_ptr<State>(new State{path, std::move(file)}));
}

void Hdf5File::close() {
  const Hdf5Call call("writing '" + state_->path.string() + "'");
  call(H5Fflush(state_->file, H5F_SCOPE_LOCAL));  // a close that fails loses the reason
  call(state_->file.close());
  state_.reset();
}

template <class T>
void Hdf5File::write(const std::string& name, std::span<const T> values, const std::vector<uint64_t>& shape) {
  const Hdf5Call call("writing " + state_->what(name));
  if (elements_of(shape, state_->what(name)) != values.size())
    throw SystemError("writing " + state_->what(name) + ": shape and values differ in size");
  Hdf5Id array = state_->new_array(name, hdf5_type<T>(), shape);
  if (!values.empty()) call(H5Dwrite(array, hdf5_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  call(array.close());  // small arrays are written only now
}

void Hdf5File::write_strings(const std::string& name, const std::vector<std::string>& values) {
  reserve_strings(name, values.size(), longest(values));
  write_string_rows(name, 0, values);
}

void Hdf5File::reserve_strings(const std::string& name, uint64_t count, size_t longest) {
  const Hdf5Call call("making " + state_->what(name));
  call(state_->new_array(name, hdf5_text(std::max<size_t>(longest, 1)), {count}).close());  // none has length 0
}

void Hdf5File::write_string_rows(const std::string& name, uint64_t first_row, const std::vector<std::string>& values) {
  const Hdf5Call call("writing " + state_->what(name));
  if (values.empty()) return;
  Hdf5Id array = state_->array(name);
  const Hdf5Id type(call(H5Dget_type(array)), H5Tclose);
  const size_t length = H5Tget_size(type);
  std::string bytes;
  for (const auto& value : values) {
    require_text(value, state_->path.string() + ": '" + name + "'");
    if (value.size() > length)
      throw SystemError("writing " + state_->what(name) + ": '" + value + "' is longer than " + std::to_string(length));
    bytes.append(value).append(length - value.size(), '\0');
  }
  const Hdf5Id rows = state_->rows(array, name, first_row, values.size()), memory = dataspace({values.size()});
  call(H5Dwrite(array, type, memory, rows, H5P_DEFAULT, bytes.data()));
  call(array.close());
}

template <class T>
void Hdf5File::reserve(const std::string& name, const std::vector<uint64_t>& shape) {
  const Hdf5Call call("making " + state_->what(name));
  elements_of(shape, state_->what(name));
  call(state_->new_array(name, hdf5_type<T>(), shape).close());
}

template <class T>
void Hdf5File::write_rows(const std::string& name, uint64_t first_row, std::span<const T> values) {
  const Hdf5Call call("writing rows of " + state_->what(name));
  if (values.empty()) return;
  Hdf5Id array = state_->array(name);
  const uint64_t row_size = state_->row_size(array, name);
  if (row_size == 0 || values.size() % row_size != 0) {
    throw SystemError("writing rows of " + state_->what(name) + ": " + std::to_string(values.size()) +
                      " values are not rows of " + std::to_string(row_size));
  }
  const Hdf5Id rows = state_->rows(array, name, first_row, values.size() / row_size),
               memory = dataspace({values.size()});
  call(H5Dwrite(array, hdf5_type<T>(), memory, rows, H5P_DEFAULT, values.data()));
  call(array.close());
}

bool Hdf5File::has(const std::string& name) const {
  const Hdf5Call call("looking for " + state_->what(name));
  return H5Lexists(state_->file, name.c_str(), H5P_DEFAULT) > 0;  // fails where a group on the way is not there
}

std::vector<uint64_t> Hdf5File::shape(const std::string& name) const {
  const Hdf5Call call("reading the shape of " + state_->what(name));
  return state_->shape(state_->array(name), name);
}

template <class T>
std::vector<T> Hdf5File::read(const std::string& name) const {
  const auto sizes = shape(name);
  if (!sizes.empty()) return read_rows<T>(name, 0, sizes[0]);
  const Hdf5Call call("reading " + state_->what(name));
  const Hdf5Id array = state_->numbers(name);
  std::vector<T> values(1);
  call(H5Dread(array, hdf5_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  return values;
}

template <class T>
std::vector<T> Hdf5File::read_rows(const std::string& name, uint64_t first_row, uint64_t rows) const {
  const Hdf5Call call("reading " + state_->what(name));
  const Hdf5Id array = state_->numbers(name);
  const uint64_t elements = elements_of({rows, state_->row_size(array, name)}, state_->what(name));
  state_->require_plausible(elements, H5Tget_size(Hdf5Id(call(H5Dget_type(array)), H5Tclose)), name);
  std::vector<T> values(elements);
  if (values.empty()) return values;
  const Hdf5Id selected = state_->rows(array, name, first_row, rows), memory = dataspace({elements});
  call(H5Dread(array, hdf5_type<T>(), memory, selected, H5P_DEFAULT, values.data()));
  return values;
}

bool Hdf5File::holds_text(const std::string& name) const {
  const Hdf5Call call("reading the type of " + state_->what(name));
  return state_->kind(state_->array(name), name) == H5T_STRING;
}

std::vector<std::string> Hdf5File::read_strings(const std::string& name) const {
  const Hdf5Call call("reading " + state_->what(name));
  const Hdf5Id array = state_->texts(name), type(call(H5Dget_type(array)), H5Tclose),
               space(call(H5Dget_space(array)), H5Sclose);
  state_->require_plausible(elements_of(state_->shape(array, name), state_->what(name)), H5Tget_size(type), name);
  return read_texts(call, type, space, [&](hid_t text, void* buffer) {
    return H5Dread(array, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
  });
}

std::vector<std::string> Hdf5File::read_string_rows(const std::string& name, uint64_t first_row, uint64_t rows) const {
  const Hdf5Call call("reading " + state_->what(name));
  const Hdf5Id array = state_->texts(name), type(call(H5Dget_type(array)), H5Tclose), memory = dataspace({rows});
  state_->require_plausible(rows, H5Tget_size(type), name);
  if (rows == 0) return {};
  const Hdf5Id selected = state_->rows(array, name, first_row, rows);
  return read_texts(call, type, memory, [&](hid_t text, void* buffer) {
    return H5Dread(array, text, memory, selected, H5P_DEFAULT, buffer);
  });
}

size_t Hdf5File::longest_string(const std::string& name) const {
  const Hdf5Call call("reading the type of " + state_->what(name));
  return H5Tget_size(Hdf5Id(call(H5Dget_type(state_->texts(name))), H5Tclose));
}

uint64_t Hdf5File::byte_offset(const std::string& name) const {
  const Hdf5Call call("locating " + state_->what(name));
  const Hdf5Id array = state_->array(name), creation(call(H5Dget_create_plist(array)), H5Pclose);
  if (call(H5Pget_layout(creation)) != H5D_CONTIGUOUS)
    throw InputError(state_->path.string() + ": '" + name + "' is not contiguous");
  const haddr_t offset = H5Dget_offset(array);
  if (offset != HADDR_UNDEF) return offset;
  if (call(H5Sget_simple_extent_npoints(Hdf5Id(call(H5Dget_space(array)), H5Sclose))) > 0) call.fail();
  return 0;  // an empty array lies nowhere
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, const std::string& value) {
  const Hdf5Call call("writing attribute '" + name + "' of " + state_->what(object));
  state_->set_text(object, name, {value}, dataspace({}));
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, double value) {
  state_->set_number(object, name, value);
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, int64_t value) {
  state_->set_number(object, name, value);
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name,
                             const std::vector<std::string>& values) {
  const Hdf5Call call("writing attribute '" + name + "' of " + state_->what(object));
  state_->set_text(object, name, values, dataspace({values.size()}));
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Call call("looking for attribute '" + name + "' of " + state_->what(object));
  return H5Aexists_by_name(state_->file, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5File::text_attributes(const std::string& object, const std::string& name) const {
  const Hdf5Call call("reading attribute '" + name + "' of " + state_->what(object));
  const Hdf5Id attribute = state_->attribute(object, name), type(call(H5Aget_type(attribute)), H5Tclose);
  const Hdf5Id space(call(H5Aget_space(attribute)), H5Sclose);
  if (H5Tget_class(type) != H5T_STRING)
    throw InputError(state_->path.string() + ": attribute '" + name + "' of '" + object + "' is not text");
  return read_texts(call, type, space, [&](hid_t memory, void* buffer) { return H5Aread(attribute, memory, buffer); });
}

std::string Hdf5File::text_attribute(const std::string& object, const std::string& name) const {
  const auto values = text_attributes(object, name);
  if (values.size() != 1)
    throw InputError(state_->path.string() + ": attribute '" + name + "' of '" + object + "' is not one text");
  return values.front();
}

double Hdf5File::number_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Call call("reading attribute '" + name + "' of " + state_->what(object));
  const Hdf5Id attribute = state_->attribute(object, name), type(call(H5Aget_type(attribute)), H5Tclose);
  const Hdf5Id space(call(H5Aget_space(attribute)), H5Sclose);
  const H5T_class_t kind = H5Tget_class(type);
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || call(H5Sget_simple_extent_npoints(space)) != 1) {
    throw InputError(state_->path.string() + ": attribute '" + name + "' of '" + object + "' is not one number");
  }
  double value = 0;
  call(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value));
  return value;
}

#define FOLDWAVE_HDF5_ELEMENT(T)                                                                          \
  template void Hdf5File::write<T>(const std::string&, std::span<const T>, const std::vector<uint64_t>&); \
  template void Hdf5File::reserve<T>(const std::string&, const std::vector<uint64_t>&);                   \
  template void Hdf5File::write_rows<T>(const std::string&, uint64_t, std::span<const T>);                \
  template std::vector<T> Hdf5File::read<T>(const std::string&) const;                                    \
  template std::vector<T> Hdf5File::read_rows<T>(const std::string&, uint64_t, uint64_t) const;
FOLDWAVE_HDF5_ELEMENT(float)
FOLDWAVE_HDF5_ELEMENT(double)
FOLDWAVE_HDF5_ELEMENT(int16_t)
FOLDWAVE_HDF5_ELEMENT(int32_t)
FOLDWAVE_HDF5_ELEMENT(int64_t)
FOLDWAVE_HDF5_ELEMENT(uint32_t)
FOLDWAVE_HDF5_ELEMENT(uint64_t)
FOLDWAVE_HDF5_ELEMENT(Half)

}  // namespace foldwave::formats
