#include "catalog/first_occurrence.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "foldwave/core/files.h"

namespace foldwave::catalog {

std::vector<size_t> first_occurrence(size_t count, const std::function<std::string_view(size_t)>& text) {
  std::vector<std::pair<uint64_t, size_t>> hashed;
  hashed.reserve(count);
  for (size_t i = 0; i < count; ++i) hashed.emplace_back(hash64(text(i)), i);
  std::sort(hashed.begin(), hashed.end());

  std::vector<size_t> first(count);
  std::vector<size_t> distinct;  // texts of one hash: one, but for collisions
  for (size_t k = 0; k < count; ++k) {
    const size_t i = hashed[k].second;
    if (k == 0 || hashed[k - 1].first != hashed[k].first) distinct.clear();
    const auto equal =
        std::find_if(distinct.begin(), distinct.end(), [&](size_t other) { return text(other) == text(i); });
    first[i] = equal == distinct.end() ? i : *equal;
    if (equal == distinct.end()) distinct.push_back(i);
  }
  return first;
}

}  // namespace foldwave::catalog
