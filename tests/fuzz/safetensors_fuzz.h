// What the reader of safetensors promises for any bytes, as libFuzzer calls it: InputError, or tensors that fill the
// file's data side by side and survive being written and read again. Anything else aborts.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);  // 0

namespace foldwave::fuzz {

long accepted_safetensors();  // inputs so far that the reader took for files

}  // namespace foldwave::fuzz
