// What this process holds in memory of its own.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace foldwave::audio {

// RssAnon in bytes; with AddressSanitizer its shadow and quarantine are in it too.
inline int64_t anonymous_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kibibytes = 0;
    if (word == "RssAnon:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool kMemoryIsOurs = false;
#else
constexpr bool kMemoryIsOurs = true;
#endif

}  // namespace foldwave::audio
