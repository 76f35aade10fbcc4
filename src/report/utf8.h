// Names come from tables and files, whatever their bytes are.
#pragma once

#include <string>
#include <string_view>

namespace foldwave::report {

std::string well_formed(std::string_view text);  // bytes that are not UTF-8 become U+FFFD

}  // namespace foldwave::report
