// The energy of a stretch of signal.
#pragma once

#include <span>

namespace foldwave {

double energy(std::span<const float> samples);  // the sum of squares, in double precision

}  // namespace foldwave
