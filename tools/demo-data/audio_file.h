// Encodes samples with libsndfile, in memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recording.h"

namespace demo {

// The bytes of an Ogg Vorbis or FLAC file; ogg_serial stands in for the random number that libsndfile puts into Ogg
// pages.
std::vector<unsigned char> encode(std::span<const float> interleaved, const Recording& recording,
                                  std::uint32_t ogg_serial);

}  // namespace demo
