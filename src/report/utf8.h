// Names come from tables and files, whatever their bytes are.
#pragma once

#include <string>
#include <string_view>

namespace foldwave::report {

// What moves or hides the text around it: control characters, and those that set the direction of writing.
bool is_control(std::string_view character);
std::string well_formed(std::string_view text);  // bytes that are not UTF-8 become U+FFFD

}  // namespace foldwave::report
