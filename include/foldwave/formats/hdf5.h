// HDF5 files with named arrays and attributes: contiguous, no object times, closed with a check. Serial HDF5 only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "foldwave/formats/half.h"

namespace foldwave::formats {

// Element types: float, double, int16_t, int32_t, int64_t, uint32_t, uint64_t and Half. Every member throws SystemError
// (the machine failed) or InputError (the file does not hold what was asked for), naming file and object.
class Hdf5File {
 public:
  // Truncates; payloads of 4 KiB and more are aligned to 4 KiB.
  static Hdf5File create(const std::filesystem::path& path);
  static Hdf5File open(const std::filesystem::path& path);  // read only
  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;
  ~Hdf5File();
  void close();  // writes what is pending; throws if that fails

  // A whole array, row-major; `shape` multiplies to values.size().
  template <class T>
  void write(const std::string& name, std::span<const T> values, const std::vector<uint64_t>& shape);
  void write_strings(const std::string& name, const std::vector<std::string>& values);  // fixed length, UTF-8

  // An array of known shape, filled part by part: reserve, then write rows [first, first + values.size() / row size).
  template <class T>
  void reserve(const std::string& name, const std::vector<uint64_t>& shape);
  template <class T>
  void write_rows(const std::string& name, uint64_t first_row, std::span<const T> values);
  void reserve_strings(const std::string& name, uint64_t count, size_t longest);  // bytes of the longest one
  void write_string_rows(const std::string& name, uint64_t first_row, const std::vector<std::string>& values);

  bool has(const std::string& name) const;
  std::vector<uint64_t> shape(const std::string& name) const;
  template <class T>
  std::vector<T> read(const std::string& name) const;  // converts between number types as HDF5 does
  template <class T>
  std::vector<T> read_rows(const std::string& name, uint64_t first_row, uint64_t rows) const;
  bool holds_text(const std::string& name) const;
  std::vector<std::string> read_strings(const std::string& name) const;  // fixed and variable length
  std::vector<std::string> read_string_rows(const std::string& name, uint64_t first_row, uint64_t rows) const;
  size_t longest_string(const std::string& name) const;  // bytes that each value of a fixed length has room for
  uint64_t byte_offset(const std::string& name) const;   // of a contiguous array, in the file

  // Attributes of `object` ("/" for the file).
  void set_attribute(const std::string& object, const std::string& name, const std::string& value);
  void set_attribute(const std::string& object, const std::string& name, double value);
  void set_attribute(const std::string& object, const std::string& name, int64_t value);
  void set_attribute(const std::string& object, const std::string& name, const std::vector<std::string>& values);
  bool has_attribute(const std::string& object, const std::string& name) const;
  std::vector<std::string> text_attributes(const std::string& object, const std::string& name) const;
  std::string text_attribute(const std::string& object, const std::string& name) const;
  double number_attribute(const std::string& object, const std::string& name) const;

 private:
  struct State;
  explicit Hdf5File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::formats
