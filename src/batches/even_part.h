// Cutting n things into parts whose sizes differ by at most one.
#pragma once

#include <cstdint>

namespace foldwave::batches {

struct Part {
  int begin, end;
  int size() const { return end - begin; }
};

inline Part even_part(int n, int part, int parts) {
  const auto edge = [n, parts](int i) { return static_cast<int>(static_cast<int64_t>(n) * i / parts); };
  return {edge(part), edge(part + 1)};
}

}  // namespace foldwave::batches
