#include "report/text_table.h"

#include <algorithm>

#include "report/wording.h"

namespace foldwave::report {
namespace {

constexpr size_t gap = 2;

}  // namespace

std::string aligned(const std::vector<TextRow>& lines, const std::vector<bool>& right) {
  std::vector<size_t> widths(right.size(), 0);
  for (const TextRow& line : lines)
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  std::string text;
  for (const TextRow& line : lines) {
    std::string row = "  ";
    for (size_t i = 0; i < line.size(); ++i) {
      const std::string padding(widths[i] - width(line[i]), ' ');
      const std::string cell = printable(line[i]);
      row += (right[i] ? padding + cell : cell + padding) + std::string(i + 1 < line.size() ? gap : 0, ' ');
    }
    text += row.erase(row.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace foldwave::report
