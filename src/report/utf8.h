// Names come from tables and files, whatever their bytes are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace foldwave::report {

size_t utf8_length(std::string_view text, size_t at);  // of the well-formed character that begins there; 0: none does
std::string well_formed(std::string_view text);        // bytes that are not UTF-8 become U+FFFD

}  // namespace foldwave::report
