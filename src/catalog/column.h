// One column of a CSV table, whose errors name file, line, column and value: "train.csv line 17: genre_id 'x7' is not
// an integer".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foldwave/formats/csv.h"

namespace foldwave::catalog {

class Column {
 public:
  Column(const formats::CsvTable& table,
         const std::string& name);  // borrows the table; InputError if it has no such column

  size_t rows() const { return table_.rows.size(); }
  size_t line(size_t row) const { return table_.rows[row].line; }
  std::string_view operator[](size_t row) const { return table_.field(row, index_); }
  std::string text(size_t row) const { return std::string((*this)[row]); }
  std::string_view filled(size_t row) const;  // InputError where it is empty
  int64_t integer(size_t row) const;          // InputError where it is not one
  double real(size_t row) const;              // InputError where it is not a number; NaN is one
  void require_filled() const;                // InputError where one is empty
  void require_distinct() const;              // InputError where one is empty or occurs twice

  [[noreturn]] void fail(size_t row, const std::string& why) const;

 private:
  const formats::CsvTable& table_;
  std::string name_;
  size_t index_;
};

}  // namespace foldwave::catalog
