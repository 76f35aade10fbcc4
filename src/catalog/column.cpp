#include "catalog/column.h"

#include <charconv>

#include "foldwave/core/errors.h"

namespace foldwave::catalog {

Column::Column(const formats::CsvTable& table, const std::string& name)
    : table_(table), name_(name), index_(table.require_column(name)) {}

const std::string& Column::filled(size_t row) const {
  const std::string& value = (*this)[row];
  if (value.empty()) fail(row, "is empty");
  return value;
}

int64_t Column::integer(size_t row) const {
  const std::string& text = filled(row);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail(row, "is not an integer");
  return value;
}

std::unordered_map<std::string_view, size_t> Column::unique_rows() const {
  std::unordered_map<std::string_view, size_t> row_of;
  row_of.reserve(rows());
  for (size_t row = 0; row < rows(); ++row) {
    const auto [first, is_new] = row_of.emplace(filled(row), row);
    if (!is_new) fail(row, "is already on line " + std::to_string(line(first->second)) + "; it may occur only once");
  }
  return row_of;
}

void Column::fail(size_t row, const std::string& why) const {
  const std::string& value = (*this)[row];
  const std::string shown = value.empty() ? "" : " '" + value + "'";
  throw InputError(table_.path.string() + " line " + std::to_string(line(row)) + ": " + name_ + shown + " " + why);
}

}  // namespace foldwave::catalog
