#include "report/utf8.h"

#include "foldwave/formats/utf8.h"

namespace foldwave::report {

std::string well_formed(std::string_view text) {
  std::string sound;
  for (size_t at = 0; at < text.size();) {
    const size_t length = formats::utf8_length(text, at);
    sound += length ? text.substr(at, length) : "\uFFFD";
    at += length ? length : 1;
  }
  return sound;
}

}  // namespace foldwave::report
