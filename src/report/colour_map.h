// The colours that stand for sound levels, the same in every spectrogram.
#pragma once

#include <array>
#include <cstdint>

namespace foldwave::report {

extern const std::array<uint32_t, 256> magma;  // 0xRRGGBB, quiet to loud

// The colour, as its place in the map, of a level between floor_db (below 0) and 0 dB; what lies beyond takes the
// end's.
uint8_t shade_of(float db, float floor_db);

}  // namespace foldwave::report
