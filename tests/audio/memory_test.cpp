#include "memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "sound_files.h"
#include "temporary_folder.h"

namespace foldwave::audio {
namespace {

// The most that this process holds while `work` runs.
template <class Work>
int64_t peak_anonymous_bytes(const Work& work) {
  std::atomic<bool> done{false};
  int64_t peak = 0;
  std::thread watch([&] {
    for (; !done; std::this_thread::sleep_for(std::chrono::milliseconds(2))) peak = std::max(peak, anonymous_bytes());
  });
  work();
  done = true;
  watch.join();
  return peak;
}

TEST(Memory, HoldsWhatComesOutAndNotWhatGoesIn) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.wav";
  // Three minutes of 8 channels at 192 kHz, half a GB, as a hole in the file.
  constexpr uint32_t bytes = 180 * 192000 * 8 * 2;
  write(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 192000, 8, std::vector<float>(8));
  std::string header = bytes_of(path).substr(0, 44);
  for (size_t i = 0; i < 4; ++i) header[40 + i] = static_cast<char>(bytes >> (8 * i));
  write_bytes(path, header);
  std::filesystem::resize_file(path, 44 + bytes);

  const int64_t before = anonymous_bytes();
  std::vector<float> mono;
  const int64_t peak = peak_anonymous_bytes([&] {
    Loader loader({});
    loader(path, mono);
  });
  EXPECT_EQ(mono.size(), 180U * 22050);
  // The samples, 16 MB, and once more while they move to a larger place.
  EXPECT_LT(peak - before, (kMemoryIsOurs ? 40 : 400) << 20);
}

}  // namespace
}  // namespace foldwave::audio
