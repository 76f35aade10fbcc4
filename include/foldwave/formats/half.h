// IEEE 754 binary16 as it lies in a file; arithmetic is done in float.
#pragma once

#include <cstdint>
#include <span>

namespace foldwave::formats {

struct Half {
  uint16_t bits = 0;
};

Half to_half(float value);  // round to nearest even
float to_float(Half value);
void to_half(std::span<const float> from, std::span<Half> to);  // with F16C where the processor has it
void to_float(std::span<const Half> from, std::span<float> to);

}  // namespace foldwave::formats
