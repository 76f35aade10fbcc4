#include "catalog/column.h"

#include <charconv>

#include "catalog/first_occurrence.h"
#include "foldwave/core/errors.h"

namespace foldwave::catalog {

Column::Column(const formats::CsvTable& table, const std::string& name)
    : table_(table), name_(name), index_(table.require_column(name)) {}

std::string_view Column::filled(size_t row) const {
  const std::string_view value = (*this)[row];
  if (value.empty()) fail(row, "is empty");
  return value;
}

int64_t Column::integer(size_t row) const {
  const std::string_view text = filled(row);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail(row, "is not an integer");
  return value;
}

double Column::real(size_t row) const {
  std::string_view text = filled(row);
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail(row, "is not a number");
  return value;
}

void Column::require_filled() const {
  for (size_t row = 0; row < rows(); ++row) filled(row);
}

void Column::require_distinct() const {
  const std::vector<size_t> first = first_occurrence(rows(), [this](size_t row) { return filled(row); });
  for (size_t row = 0; row < rows(); ++row) {
    if (first[row] != row)
      fail(row, "is already on line " + std::to_string(line(first[row])) + "; it may occur only once");
  }
}

void Column::fail(size_t row, const std::string& why) const {
  const std::string value = text(row);
  const std::string shown = value.empty() ? "" : " '" + value + "'";
  throw InputError(table_.path.string() + " line " + std::to_string(line(row)) + ": " + name_ + shown + " " + why);
}

}  // namespace foldwave::catalog
