#include "report/wording.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "report/utf8.h"

namespace foldwave::report {
namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::string f1(double value) { return std::isfinite(value) ? fmt::format("{:.3f}", value) : "-"; }

std::string with_error(double value, double error) {
  return std::isfinite(value) && std::isfinite(error) ? fmt::format("{:.3f} ± {:.3f}", value, error) : f1(value);
}

std::string range(double low, double high) { return fmt::format("{:.2f} – {:.2f}", low, high); }

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "-";
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  const long whole = std::lround(seconds);
  if (whole < 3600) return fmt::format("{} min {:02d} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02d} min", whole / 3600, whole / 60 % 60);
}

std::string elapsed(double from_s, double to_s) { return from_s > 0 && to_s >= from_s ? duration(to_s - from_s) : "-"; }

std::string utc(double unix_s) {
  if (!(unix_s > 0)) return "-";
  const auto time = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d} UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string capital(const std::string& sentence) {
  std::string text = sentence;
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

size_t width(const std::string& utf8) {
  size_t characters = 0;
  for (const char byte : utf8) characters += begins_character(byte);
  return characters;
}

std::string printable(const std::string& utf8) {
  return by_character(utf8,
                      [](std::string_view character) { return is_control(character) ? "?" : std::string(character); });
}

std::string shortened(const std::string& utf8, size_t most) {
  if (width(utf8) <= most) return utf8;
  const size_t behind = most < 12 ? 0 : most / 3, before = most - 1 - behind;
  size_t characters = 0, end = 0;
  while (end < utf8.size() && (characters < before || !begins_character(utf8[end])))
    characters += begins_character(utf8[end++]);
  size_t begin = utf8.size();
  for (size_t left = behind; left > 0 && begin > end;) left -= begins_character(utf8[--begin]);
  return utf8.substr(0, end) + "…" + utf8.substr(begin);
}

}  // namespace foldwave::report
