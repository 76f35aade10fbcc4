#include "foldwave/formats/utf8.h"

#include <cstdint>

namespace foldwave::formats {
namespace {

struct Lead {
  int continuations;  // -1: no character begins with this byte
  uint32_t bits;
  uint32_t least;  // smallest code point that needs this many bytes
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {0, byte, 0};
  if (byte >= 0xc2 && byte < 0xe0) return {1, byte & 0x1fu, 0x80};
  if (byte >= 0xe0 && byte < 0xf0) return {2, byte & 0x0fu, 0x800};
  if (byte >= 0xf0 && byte < 0xf5) return {3, byte & 0x07u, 0x10000};
  return {-1, 0, 0};
}

}  // namespace

size_t utf8_length(std::string_view text, size_t at) {
  if (at >= text.size()) return 0;
  const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
  const auto length = static_cast<size_t>(lead.continuations) + 1;
  if (length == 0 || length > text.size() - at) return 0;
  uint32_t code = lead.bits;
  for (size_t i = at + 1; i < at + length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte & 0x3fu);
  }
  return code < lead.least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : length;
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace foldwave::formats
