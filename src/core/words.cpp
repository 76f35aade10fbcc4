#include "foldwave/core/words.h"

namespace foldwave {

std::string counted(int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace foldwave
