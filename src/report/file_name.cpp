#include "report/file_name.h"

#include <fmt/format.h>

#include "foldwave/core/files.h"

namespace foldwave::report {
namespace {

constexpr size_t longest = 120;  // 255 bytes are allowed, with what PendingFile and the picture's kind add

bool stands_for_itself(char byte, bool in_front) {
  const bool letter_or_digit =
      (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
  return letter_or_digit || byte == '_' || (!in_front && (byte == '-' || byte == '.'));
}

}  // namespace

std::string file_name_of(const std::string& song_id) {
  if (song_id.empty()) return "%";  // that no other id gives
  std::string name;
  for (const char byte : song_id)
    name += stands_for_itself(byte, name.empty()) ? std::string(1, byte)
                                                  : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  if (name.size() <= longest) return name;
  const std::string end = "~" + fingerprint(song_id);  // "~" is written as %7E in a whole name
  return name.substr(0, longest - end.size()) + end;
}

}  // namespace foldwave::report
