// Numbers in sentences.
#pragma once

#include <cstdint>
#include <string>

namespace foldwave {

std::string counted(int64_t count, const std::string& thing);  // "1 song", "3 songs"

}  // namespace foldwave
