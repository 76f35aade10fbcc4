#include "foldwave/augment/varispeed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "foldwave/audio/audio.h"

namespace foldwave::augment {
namespace {

constexpr double pi = 3.14159265358979323846;

std::vector<float> tone(double cycles_per_sample, size_t samples) {
  std::vector<float> mono(samples);
  for (size_t i = 0; i < samples; ++i)
    mono[i] = static_cast<float>(0.5 * std::sin(2 * pi * cycles_per_sample * static_cast<double>(i)));
  return mono;
}

TEST(Varispeed, PlaysATonePreciselySoMuchFaster) {
  Varispeed play;
  std::vector<float> played;
  for (const double speed : {0.25, 0.7937, 0.99, 1.01, 1.2599, 4.0}) {
    play(tone(0.05, 8000), speed, played);
    ASSERT_EQ(played.size(), 1 + static_cast<size_t>(7999 / speed));
    const auto edge = static_cast<size_t>(Varispeed::margin(speed) / speed) + 1;
    for (size_t i = edge; i + edge < played.size(); ++i) {
      const double expected = 0.5 * std::sin(2 * pi * 0.05 * speed * static_cast<double>(i));
      ASSERT_NEAR(played[i], expected, 5e-4) << speed << " sample " << i;  // 2e-4 was measured
    }
  }
}

TEST(Varispeed, KeepsOutWhatWouldBeFoldedBack) {
  Varispeed play;
  std::vector<float> played;
  play(tone(0.49, 8000), 1.25, played);  // 1.225 times the new Nyquist frequency
  const auto middle = std::span(played).subspan(200, 6000);
  for (const float sample : middle) ASSERT_NEAR(sample, 0, 5e-4);  // 60 dB below
}

TEST(Varispeed, IsTheResamplerThatSoxrIs) {
  std::vector<float> mono = tone(0.01, 20000), other = tone(0.2, 20000), played;
  for (size_t i = 0; i < mono.size(); ++i) mono[i] += other[i];
  Varispeed play;
  for (const double speed : {0.85, 1.2}) {
    play(mono, speed, played);
    const std::vector<float> soxr = audio::resample(mono, speed, 1);
    for (size_t i = 500; i + 500 < played.size(); ++i) ASSERT_NEAR(played[i], soxr[i], 2e-3) << speed << ' ' << i;
  }
}

TEST(Varispeed, TakesSignalsShorterThanItsKernel) {
  Varispeed play;
  std::vector<float> played{1, 2, 3};
  play({}, 2, played);
  EXPECT_TRUE(played.empty());
  for (const size_t samples : {1, 2, 47}) {
    for (const double speed : {0.25, 0.999, 4.0}) {
      play(std::vector<float>(samples, 0.5F), speed, played);
      EXPECT_EQ(played.size(), 1 + static_cast<size_t>(static_cast<double>(samples - 1) / speed));
      EXPECT_TRUE(std::all_of(played.begin(), played.end(), [](float x) { return std::abs(x) < 1; }));
    }
  }
}

}  // namespace
}  // namespace foldwave::augment
