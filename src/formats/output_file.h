// A file written from its beginning to its end, with every write checked.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace foldwave::formats {

class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path);  // truncates; throws SystemError, as the others do
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
  void close();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace foldwave::formats
