// The arrays of a shard that grow with a track's length, which readers take bytes of; each guarded by a CRC32C a track.
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace foldwave::store {

enum Payload : size_t { waveform, mel, mfcc, mfcc_summary };
constexpr size_t payloads = 4;
inline const std::array<std::string, payloads> payload_names = {"waveform", "mel", "mfcc", "mfcc_summary"};

}  // namespace foldwave::store
