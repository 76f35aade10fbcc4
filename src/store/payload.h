// The arrays of a shard that readers take bytes of, track by track; each guarded by a CRC32C a track.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace foldwave::store {

enum Payload : size_t { waveform, mel, mfcc, mfcc_summary, summary };
constexpr size_t payloads = 5;
inline const std::array<std::string, payloads> payload_names = {"waveform", "mel", "mfcc", "mfcc_summary", "summary"};

// Bytes of a file.
struct Extent {
  uint64_t offset = 0, bytes = 0;
};

}  // namespace foldwave::store
