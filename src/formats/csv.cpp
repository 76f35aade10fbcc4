#include "foldwave/formats/csv.h"

#include <csv.h>

#include <algorithm>
#include <string_view>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "formats/utf8.h"

namespace foldwave::formats {
namespace {

std::string at_line(const std::filesystem::path& path, size_t line) {
  return path.string() + " line " + std::to_string(line);
}

size_t line_at(std::string_view text, size_t position) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

// libcsv behind its callbacks. It is fed line by line, so that the line on which a row begins is known.
class RowReader {
 public:
  explicit RowReader(const std::filesystem::path& path) : path_(path) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0)
      throw SystemError("starting libcsv for '" + path.string() + "'");
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });  // spaces belong to their field
  }
  ~RowReader() { csv_free(&parser_); }
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  void feed(std::string_view line, size_t number) {
    if (between_rows_) row_.line = number;
    const bool blank = line == "\n" || line == "\r\n";
    between_rows_ = between_rows_ && blank;
    if (csv_parse(&parser_, line.data(), line.size(), on_field, on_row, this) != line.size()) fail(number);
  }

  std::vector<CsvTable::Row> finish() {
    if (csv_fini(&parser_, on_field, on_row, this) != 0) {
      throw InputError(at_line(path_, row_.line) +
                       ": a quote is opened in this row and not closed until the file ends");
    }
    return std::move(rows_);
  }

 private:
  static void on_field(void* text, size_t length, void* self) {
    static_cast<RowReader*>(self)->row_.fields.emplace_back(static_cast<const char*>(text), length);
  }
  static void on_row(int, void* self) {
    auto& reader = *static_cast<RowReader*>(self);
    const size_t line = reader.row_.line;
    reader.rows_.push_back(std::move(reader.row_));
    reader.row_ = {line, {}};
    reader.between_rows_ = true;
  }
  [[noreturn]] void fail(size_t line) {
    if (csv_error(&parser_) != CSV_EPARSE)
      throw SystemError("reading '" + path_.string() + "': " + csv_strerror(csv_error(&parser_)));
    const std::string row =
        row_.line == line ? "" : " (in the row that begins on line " + std::to_string(row_.line) + ")";
    throw InputError(at_line(path_, line) + ": a quote in the middle of a field" + row +
                     "; a field with quotes is written \"...\", with each quote in it twice");
  }

  std::filesystem::path path_;
  csv_parser parser_{};
  CsvTable::Row row_;
  std::vector<CsvTable::Row> rows_;
  bool between_rows_ = true;
};

std::string read_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw InputError(path.string() + ": no such file");
  if (std::filesystem::is_directory(status)) throw InputError(path.string() + ": is a directory, not a table");
  std::string text = read_file(path);
  if (const size_t nul = text.find('\0'); nul != std::string::npos) {
    throw InputError(at_line(path, line_at(text, nul)) +
                     ": a NUL byte; a table is UTF-8 text (is this UTF-16, or no table?)");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return text;
}

std::vector<CsvTable::Row> read_rows(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  RowReader reader(path);
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    const auto line = std::string_view(text).substr(begin, end - begin);
    if (!is_utf8(line)) throw InputError(at_line(path, number + 1) + ": not UTF-8");
    reader.feed(line, ++number);
    begin = end;
  }
  return reader.finish();
}

void require_distinct_names(const CsvTable& table, size_t line) {
  for (auto name = table.header.begin(); name != table.header.end(); ++name) {
    if (std::find(table.header.begin(), name, *name) != name) {
      throw InputError(at_line(table.path, line) + ": column '" + *name + "' is there twice");
    }
  }
}

void require_width(const CsvTable& table, const CsvTable::Row& row) {
  if (row.fields.size() == table.header.size()) return;
  throw InputError(at_line(table.path, row.line) + ": " + std::to_string(row.fields.size()) +
                   " fields, where the header has " + std::to_string(table.header.size()));
}

}  // namespace

std::optional<size_t> CsvTable::column(const std::string& name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<size_t>(found - header.begin());
}

size_t CsvTable::require_column(const std::string& name) const {
  if (const auto found = column(name)) return *found;
  std::string there;
  for (const auto& other : header) there += (there.empty() ? "'" : ", '") + other + "'";
  throw InputError(path.string() + ": no column '" + name + "'; there are " + there);
}

CsvTable read_csv(const std::filesystem::path& path) {
  auto rows = read_rows(path);
  if (rows.empty()) throw InputError(path.string() + ": empty, not even a header row");
  CsvTable table{path, std::move(rows.front().fields), {}};
  require_distinct_names(table, rows.front().line);
  rows.erase(rows.begin());
  table.rows = std::move(rows);
  for (const auto& row : table.rows) require_width(table, row);
  return table;
}

std::string csv_field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string csv_row(const std::vector<std::string>& fields) {
  if (fields.size() == 1 && fields.front().empty()) return "\"\"\n";  // an empty line would be no row at all
  std::string row;
  for (size_t i = 0; i < fields.size(); ++i) row += (i == 0 ? "" : ",") + csv_field(fields[i]);
  return row + '\n';
}

}  // namespace foldwave::formats
