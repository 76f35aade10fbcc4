// libFuzzer's own mutations, and in turn those that keep the header's length true. It begins with the seeds of the
// tests.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/spoilt_safetensors.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): libFuzzer's names
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using namespace foldwave::fuzz;
  Random random(seed);
  const uint64_t choice = random() % 16;
  if (choice < 6 && size > sizeof(uint64_t)) return LLVMFuzzerMutate(data, size, max_size);
  const auto& seeds = safetensors_seeds();
  std::string input;
  if (choice < 8 || size <= sizeof(uint64_t)) {
    input = choice % 2 == 0 ? seeds[random() % seeds.size()] : sound_safetensors(random);
  } else {
    input = spoilt_safetensors({reinterpret_cast<const char*>(data), size}, random);
  }
  const size_t kept = std::min(input.size(), max_size);
  std::copy_n(input.begin(), kept, data);
  return kept;
}
