#include "report/name_axis.h"

#include <fmt/format.h>

#include <algorithm>

namespace foldwave::report {
namespace {

// At 13 px, of a wide font. Chinese, Japanese and Korean characters are as wide as they are high: in UTF-8 they begin
// with 0xE3 or more.
double pixels(const std::string& name) {
  double sum = 0;
  for (const char byte : name) {
    const auto first = static_cast<unsigned char>(byte);
    if ((first & 0xC0) != 0x80) sum += first < 0xE3 ? 8 : 14;
  }
  return sum;
}

}  // namespace

double pixels_beside(const std::vector<std::string>& names) {
  double longest = pixels("abc");
  for (const std::string& name : names) longest = std::max(longest, pixels(name));
  return longest;
}

std::string left_margin(const std::vector<std::string>& names, int chart_width, int besides) {
  return fmt::format("set lmargin at screen {:.4f}\n",
                     std::min(0.5, (16 + besides + pixels_beside(names)) / chart_width));
}

}  // namespace foldwave::report
