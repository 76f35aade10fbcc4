// Which of many texts are equal.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace foldwave::catalog {

// For each text the number of the first that equals it: its own where it is the first. Sorted hashes: a map of a
// million strings would take as much memory as their table.
std::vector<size_t> first_occurrence(size_t count, const std::function<std::string_view(size_t)>& text);

}  // namespace foldwave::catalog
