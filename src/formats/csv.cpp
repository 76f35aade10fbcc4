#include "foldwave/formats/csv.h"

#include <csv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "foldwave/core/errors.h"
#include "foldwave/formats/utf8.h"

namespace foldwave::formats {
namespace {

std::string at_line(const std::filesystem::path& path, size_t line) {
  return path.string() + " line " + std::to_string(line);
}

// libcsv behind its callbacks. It is fed line by line, so that the line on which a row begins is known.
class RowReader {
 public:
  RowReader(CsvTable& table, const std::vector<std::string>& columns) : table_(table), columns_(columns) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0)
      throw SystemError("starting libcsv for '" + table.path.string() + "'");
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
    if (!wrong_.empty()) throw InputError(wrong_);
  }

  void finish() {
    if (csv_fini(&parser_, on_field, on_row, this) != 0) {
      throw InputError(at_line(table_.path, row_.line) +
                       ": a quote is opened in this row and not closed until the file ends");
    }
    if (!wrong_.empty()) throw InputError(wrong_);
  }

 private:
  static void on_field(void* field, size_t length, void* self) {
    static_cast<RowReader*>(self)->take_field({static_cast<const char*>(field), length});
  }
  static void on_row(int, void* self) { static_cast<RowReader*>(self)->end_row(); }

  void take_field(std::string_view field) {
    if (table_.header.empty() || (fields_ < kept_.size() && kept_[fields_])) table_.text += field;
    table_.text += '\0';
    ++fields_;
  }

  void end_row() {
    if (table_.header.empty()) {
      take_header();
    } else if (fields_ == table_.header.size()) {
      table_.rows.push_back(row_);
    } else if (wrong_.empty()) {
      wrong_ = at_line(table_.path, row_.line) + ": " + std::to_string(fields_) + " fields, where the header has " +
               std::to_string(table_.header.size());
    }
    row_.begin = table_.text.size();
    fields_ = 0;
    between_rows_ = true;
  }

  void take_header() {
    for (size_t begin = 0; begin < table_.text.size(); begin += table_.header.back().size() + 1) {
      const std::string name = table_.text.c_str() + begin;
      if (std::find(table_.header.begin(), table_.header.end(), name) != table_.header.end())
        wrong_ = at_line(table_.path, row_.line) + ": column '" + name + "' is there twice";
      table_.header.push_back(name);
      kept_.push_back(columns_.empty() || std::find(columns_.begin(), columns_.end(), name) != columns_.end());
    }
    table_.text.clear();
  }

  [[noreturn]] void fail(size_t line) {
    if (csv_error(&parser_) != CSV_EPARSE)
      throw SystemError("reading '" + table_.path.string() + "': " + csv_strerror(csv_error(&parser_)));
    const std::string row =
        row_.line == line ? "" : " (in the row that begins on line " + std::to_string(row_.line) + ")";
    throw InputError(at_line(table_.path, line) + ": a quote in the middle of a field" + row +
                     "; a field with quotes is written \"...\", with each quote in it twice");
  }

  CsvTable& table_;
  const std::vector<std::string>& columns_;  // to keep; empty: all
  std::vector<bool> kept_;                   // [columns of the header]
  csv_parser parser_{};
  CsvTable::Row row_;
  size_t fields_ = 0;  // of the row so far
  bool between_rows_ = true;
  std::string wrong_;  // what no exception may carry through libcsv
};

std::ifstream open_table(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw InputError(path.string() + ": no such file");
  if (std::filesystem::is_directory(status)) throw InputError(path.string() + ": is a directory, not a table");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw SystemError("opening '" + path.string() + "'", errno);
  return file;
}

// As it stands in the file, with its line end; false where the file has ended.
bool next_line(std::ifstream& file, std::string& line) {
  if (!std::getline(file, line)) return false;
  if (!file.eof()) line += '\n';
  return true;
}

void require_text(const std::filesystem::path& path, const std::string& line, size_t number) {
  if (line.find('\0') != std::string::npos)
    throw InputError(at_line(path, number) + ": a NUL byte; a table is UTF-8 text (is this UTF-16, or no table?)");
  if (!is_utf8(line)) throw InputError(at_line(path, number) + ": not UTF-8");
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

std::string_view CsvTable::field(size_t row, size_t column) const {
  const char* field = text.c_str() + rows[row].begin;
  for (; column > 0; --column) field += std::strlen(field) + 1;
  return field;
}

CsvTable read_csv(const std::filesystem::path& path, const std::vector<std::string>& columns) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  std::ifstream file = open_table(path);
  CsvTable table{.path = path, .header = {}, .rows = {}, .text = {}};
  std::error_code no_size;  // of a pipe
  const auto size = std::filesystem::file_size(path, no_size);
  if (!no_size) table.text.reserve(size + 1);  // fields are no longer than they are written
  RowReader reader(table, columns);
  std::string line;
  for (size_t number = 1; next_line(file, line); ++number) {
    if (number == 1 && line.starts_with(byte_order_mark)) line.erase(0, byte_order_mark.size());
    require_text(path, line, number);
    reader.feed(line, number);
  }
  if (file.bad()) throw SystemError("reading '" + path.string() + "'", errno);
  reader.finish();
  if (table.header.empty()) throw InputError(path.string() + ": empty, not even a header row");
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
