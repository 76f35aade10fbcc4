#include "report/name_axis.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/wording.h"

namespace foldwave::report {

constexpr double pixels_per_character = 8;  // at 13 px, of a wide font

std::string left_margin(const std::vector<std::string>& names, int chart_width, int besides) {
  size_t longest = 3;
  for (const std::string& name : names) longest = std::max(longest, width(name));
  const double pixels = 16 + besides + pixels_per_character * static_cast<double>(longest);
  return fmt::format("set lmargin at screen {:.4f}\n", std::min(0.5, pixels / chart_width));
}

}  // namespace foldwave::report
