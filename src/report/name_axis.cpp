#include "report/name_axis.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/wording.h"

namespace foldwave::report {
namespace {

constexpr double letter = 8;

// At 13 px, of a wide font. Chinese, Japanese and Korean characters are as wide as they are high: in UTF-8 they begin
// with 0xE3 or more.
double pixels(const std::string& name) {
  double sum = 0;
  for (const char byte : name) {
    const auto first = static_cast<unsigned char>(byte);
    if ((first & 0xC0) != 0x80) sum += first < 0xE3 ? letter : 14;
  }
  return sum;
}

}  // namespace

std::vector<std::string> fitted(const std::vector<std::string>& names, size_t letters) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    size_t most = letters;
    while (pixels(shortened(name, most)) > letter * static_cast<double>(letters)) --most;
    all.push_back(shortened(name, most));
  }
  return all;
}

double pixels_beside(const std::vector<std::string>& names) {
  double longest = 0;
  for (const std::string& name : names) longest = std::max(longest, pixels(name));
  return longest;
}

double pixels_of_left_margin(const std::vector<std::string>& names, int chart_width, int besides) {
  return std::min(0.5 * chart_width, 16 + besides + std::max(pixels("abc"), pixels_beside(names)));
}

std::string left_margin(const std::vector<std::string>& names, int chart_width, int besides) {
  return fmt::format("set lmargin at screen {:.4f}\n",
                     pixels_of_left_margin(names, chart_width, besides) / chart_width);
}

}  // namespace foldwave::report
