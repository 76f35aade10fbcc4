// Words in sentences: numbers, and what somebody may have meant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foldwave {

std::string counted(int64_t count, const std::string& thing);  // "1 song", "3 songs"

// The one of `known` that is a slip of the finger or two from `word`; empty where none is.
std::string nearest(const std::string& word, const std::vector<std::string>& known);
// Lines of at most `columns` characters, broken at spaces; a word that is longer stands alone.
std::vector<std::string> wrapped(const std::string& text, size_t columns);

}  // namespace foldwave
