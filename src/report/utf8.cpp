#include "report/utf8.h"

#include "foldwave/formats/utf8.h"

namespace foldwave::report {

bool is_control(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2)  // U+0080 to U+009F, U+061C
    return (byte(0) == 0xC2 && byte(1) < 0xA0) || (byte(0) == 0xD8 && byte(1) == 0x9C);
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  const bool mark = byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F);    // U+200E, U+200F
  const bool override = byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE;  // U+202A to U+202E
  const bool isolate = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;   // U+2066 to U+2069
  return mark || override || isolate;
}

std::string by_character(std::string_view text, const std::function<std::string(std::string_view)>& made_of) {
  std::string made;
  for (size_t at = 0; at < text.size();) {
    const size_t length = formats::utf8_length(text, at);
    made += made_of(length > 0 ? text.substr(at, length) : "\uFFFD");
    at += length > 0 ? length : 1;
  }
  return made;
}

std::string well_formed(std::string_view text) {
  return by_character(text, [](std::string_view character) { return std::string(character); });
}

}  // namespace foldwave::report
