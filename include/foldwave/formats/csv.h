// CSV tables with a header row (RFC 4180, read by libcsv): UTF-8 with or without a byte-order mark, LF or CRLF.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave::formats {

// The fields lie in one text: a million rows of strings of their own would take several times the file.
struct CsvTable {
  struct Row {
    size_t line = 0;   // where the row begins in the file, 1-based
    size_t begin = 0;  // of its first field in `text`
  };
  std::filesystem::path path;
  std::vector<std::string> header;
  std::vector<Row> rows;  // each as wide as the header
  std::string text;       // the fields of all rows, each ended by a NUL, which no field holds

  std::string_view field(size_t row, size_t column) const;  // borrows the text
  std::optional<size_t> column(const std::string& name) const;
  size_t require_column(const std::string& name) const;  // InputError that lists the columns there are
};

// InputError on: no such file, no header, a name twice in the header, a row of another width, an unclosed quote, a
// quote inside an unquoted field, a NUL byte, text that is not UTF-8. Only the columns named are kept, the fields of
// others are empty; all where none is named.
CsvTable read_csv(const std::filesystem::path& path, const std::vector<std::string>& columns = {});

std::string csv_field(const std::string& value);              // quoted where needed
std::string csv_row(const std::vector<std::string>& fields);  // with "\n"

}  // namespace foldwave::formats
