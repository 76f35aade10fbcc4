#include "report/fonts.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <vector>

#include "foldwave/core/program.h"

namespace foldwave::report {
namespace {

constexpr uint32_t characters = 0x110000, square = 0x25A1;

// fontconfig's list: "20-7e a0-1a9 1ab ..." in hexadecimal, a line a font.
void mark(const std::string& ranges, std::vector<bool>& has) {
  const char *at = ranges.data(), *end = at + ranges.size();
  while (at < end) {
    uint32_t first = characters, last = characters;
    at = std::from_chars(at, end, first, 16).ptr;
    last = first;
    if (at < end && *at == '-') at = std::from_chars(at + 1, end, last, 16).ptr;
    for (uint32_t code = first; code <= last && code < characters; ++code) has[code] = true;
    ++at;
  }
}

// [characters]
const std::vector<bool>& drawable_characters() {
  static const std::vector<bool> all = [] {
    std::vector<bool> has(characters, false);
    const ProgramResult fonts = run_program({"fc-list", "-f", "%{charset}\n"}, "");
    if (fonts.found && fonts.status == 0)
      mark(fonts.out, has);
    else
      std::fill_n(has.begin(), 0x500, true);  // Latin, Greek and Cyrillic are in every font for the screen
    return has;
  }();
  return all;
}

// The code point of one character that is not ASCII; of a broken one the last, which is none.
uint32_t code_of(const std::string& character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (static_cast<size_t>(std::countl_one(first)) != character.size()) return characters - 1;
  uint32_t code = first & (0x7FU >> character.size());
  for (size_t i = 1; i < character.size(); ++i) code = code << 6 | (static_cast<unsigned char>(character[i]) & 0x3FU);
  return std::min(code, characters - 1);
}

}  // namespace

std::string drawable(const std::string& utf8) {
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (std::all_of(utf8.begin(), utf8.end(), is_ascii)) return utf8;
  const std::vector<bool>& has = drawable_characters();
  std::string text;
  for (size_t at = 0; at < utf8.size();) {
    const int ones = std::countl_one(static_cast<unsigned char>(utf8[at]));
    const std::string character = utf8.substr(at, ones > 1 && ones < 5 ? static_cast<size_t>(ones) : 1);
    at += character.size();
    if (is_ascii(character.front()) || has[code_of(character)])
      text += character;
    else
      text += has[square] ? "□" : "?";
  }
  return text;
}

}  // namespace foldwave::report
