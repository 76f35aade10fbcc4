#include "report/natural_order.h"

#include <charconv>
#include <optional>

namespace foldwave::report {
namespace {

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value != value) return std::nullopt;
  return value;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// The digits that begin at `at`, without zeros in front.
std::string digits(const std::string& text, size_t& at) {
  std::string found;
  while (at < text.size() && is_digit(text[at])) found += text[at++];
  const size_t first = found.find_first_not_of('0');
  return first == std::string::npos ? "" : found.substr(first);
}

}  // namespace

bool natural_order(const std::string& a, const std::string& b) {
  const std::optional<double> x = number(a), y = number(b);
  if (x.has_value() != y.has_value()) return x.has_value();  // numbers before words
  if (x && *x != *y) return *x < *y;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string m = digits(a, i), n = digits(b, j);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
    }
  }
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace foldwave::report
