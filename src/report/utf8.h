// Names come from tables and files, whatever their bytes are.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace foldwave::report {

// What moves or hides the text around it: control characters, and those that set the direction of writing.
bool is_control(std::string_view character);
// The text character by character, each as `made_of` has it, which is given U+FFFD for bytes that are not UTF-8.
std::string by_character(std::string_view text, const std::function<std::string(std::string_view)>& made_of);
std::string well_formed(std::string_view text);

}  // namespace foldwave::report
