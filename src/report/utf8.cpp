#include "report/utf8.h"

namespace foldwave::report {

size_t utf8_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0 && continues(at + 1)) return 2;
  if (first >= 0xE0 && first < 0xF0 && continues(at + 1) && continues(at + 2)) return 3;
  if (first >= 0xF0 && first < 0xF5 && continues(at + 1) && continues(at + 2) && continues(at + 3)) return 4;
  return 0;
}

std::string well_formed(std::string_view text) {
  std::string sound;
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text, at);
    sound += length ? text.substr(at, length) : "\uFFFD";
    at += length ? length : 1;
  }
  return sound;
}

}  // namespace foldwave::report
