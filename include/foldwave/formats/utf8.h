// What is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace foldwave::formats {

size_t utf8_length(std::string_view text, size_t at);  // bytes of the character that begins there; 0: none does
bool is_utf8(std::string_view text);

}  // namespace foldwave::formats
