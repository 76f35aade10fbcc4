// A table for a terminal.
#pragma once

#include <string>
#include <vector>

namespace foldwave::report {

using TextRow = std::vector<std::string>;

// Columns as wide as their widest cell; those named in `right` are set flush right. Control characters become "?".
std::string aligned(const std::vector<TextRow>& lines, const std::vector<bool>& right);

}  // namespace foldwave::report
