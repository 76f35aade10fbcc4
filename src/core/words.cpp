#include "foldwave/core/words.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace foldwave {
namespace {

// Levenshtein's: letters put in, left out or changed.
size_t slips(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string counted(int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  size_t fewest = std::min<size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : known)
    if (const size_t count = slips(word, candidate); count < fewest) {
      fewest = count;
      best = candidate;
    }
  return best;
}

std::vector<std::string> wrapped(const std::string& text, size_t columns) {
  std::vector<std::string> lines{""};
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    if (!lines.back().empty() && lines.back().size() + 1 + end - begin > columns) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += text.substr(begin, end - begin);
    begin = end + 1;
  }
  return lines;
}

}  // namespace foldwave
