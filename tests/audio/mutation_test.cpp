#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "foldwave/core/clock.h"
#include "memory.h"
#include "sound_files.h"
#include "temporary_folder.h"

namespace foldwave::audio {
namespace {

constexpr double kLimit_s = 5;  // for one file; all together take a few seconds

// One of the ways in which a file is spoilt on a disk or on its way there.
std::string spoilt(std::string bytes, std::mt19937& random) {
  const auto below = [&](size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random); };
  const auto place = [&] { return below(4) > 0 ? below(std::min<size_t>(bytes.size(), 300)) : below(bytes.size()); };
  switch (below(6)) {
    case 0:  // bits that flipped
      for (size_t i = 0; i <= below(8); ++i) bytes[place()] ^= static_cast<char>(1U << below(8));
      break;
    case 1:  // numbers that lie
      for (size_t i = 0; i < 4; ++i) bytes[(place() & ~size_t{3}) % bytes.size()] = static_cast<char>(0xFF);
      break;
    case 2:  // any byte
      for (size_t i = 0; i <= below(4); ++i) bytes[place()] = static_cast<char>(below(256));
      break;
    case 3:  // an end that is missing
      bytes.resize(1 + below(bytes.size()));
      break;
    case 4:  // a part that is missing
      bytes.erase(place(), below(64));
      break;
    default:  // a part that is there twice
      bytes.insert(place(), bytes.substr(place(), below(512)));
  }
  return bytes;
}

class SpoiltFile : public testing::TestWithParam<Format> {};

// Under the sanitizers this finds where a decoder reads or writes beyond its memory.
TEST_P(SpoiltFile, IsAudioOrUnusableAndNeverACrashOrAHang) {
  const TemporaryFolder folder;
  const Format& format = GetParam();
  const int rate = format.rates.back();
  const int channels = std::min(2, format.most_channels);
  write(folder / "a", format.code, rate, channels,
        noise(static_cast<size_t>(rate) / 10 * static_cast<size_t>(channels)));
  const std::string whole = bytes_of(folder / "a");
  AudioConfig config;
  config.file_timeout_s = kLimit_s;
  Loader from_start(config);
  config.offset_s = 0.03;
  config.max_seconds = 0.03;
  Loader from_offset(config);

  std::mt19937 random(1);
  std::vector<float> mono;
  int usable = 0, unusable = 0;
  const int64_t memory = anonymous_bytes();
  for (int i = 0; i < 200; ++i) {
    write_bytes(folder / "a", spoilt(whole, random));
    for (Loader* const load : {&from_start, &from_offset}) {
      const double start_s = monotonic_s();
      try {
        (*load)(folder / "a", mono);
        ASSERT_FALSE(mono.empty());
        ++usable;
      } catch (const UnusableAudio& error) {
        ASSERT_FALSE(std::string(error.what()).empty());
        ++unusable;
      }
      ASSERT_LT(monotonic_s() - start_s, kLimit_s + 1) << i;
    }
  }
  EXPECT_GT(usable, 0);
  EXPECT_GT(unusable, 0);
  EXPECT_LT(anonymous_bytes() - memory, kMemoryIsOurs ? 100 << 20 : int64_t{2} << 30);
}

INSTANTIATE_TEST_SUITE_P(Sndfile, SpoiltFile, testing::ValuesIn(formats()),
                         [](const auto& test) { return identifier(test.param); });

}  // namespace
}  // namespace foldwave::audio
