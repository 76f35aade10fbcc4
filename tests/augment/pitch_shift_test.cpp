#include "foldwave/augment/pitch_shift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::augment {
namespace {

double energy(const std::vector<float>& signal) {
  double sum = 0;
  for (const float sample : signal) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum;
}

double signal_to_difference_db(const std::vector<float>& ours, const std::vector<float>& reference) {
  std::vector<float> difference(reference.size());
  for (size_t i = 0; i < reference.size(); ++i) difference[i] = ours[i] - reference[i];
  return 10 * std::log10(energy(reference) / energy(difference));
}

std::vector<float> tone(double hz, size_t samples) {
  std::vector<float> mono(samples);
  for (size_t i = 0; i < samples; ++i)
    mono[i] = static_cast<float>(0.3 * std::sin(2 * 3.14159265358979 * hz * static_cast<double>(i) / 22050));
  return mono;
}

// Times the signal changes sign, over two: the tone's periods.
double periods(std::span<const float> mono) {
  int changes = 0;
  for (size_t i = 1; i < mono.size(); ++i) changes += (mono[i] < 0) != (mono[i - 1] < 0);
  return changes / 2.0;
}

TEST(PitchShift, IsLibrosasOnATonalAndOnANoisySignal) {
  const auto golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/librosa.h5");
  features::TimeStretcher stretch;
  for (const auto& [signal, semitones] :
       {std::pair<std::string, double>{"padded_tone/pitch_+1.5", 1.5}, {"noise/pitch_-2.0", -2}}) {
    const auto expected = golden.read<float>(signal + "/audio");
    const auto shifted =
        pitch_shift(golden.read<float>(signal.substr(0, signal.find('/')) + "/audio"), semitones, stretch);
    ASSERT_EQ(shifted.size(), expected.size()) << signal;
    EXPECT_GT(signal_to_difference_db(shifted, expected), 60) << signal;  // 85 was measured
  }
}

TEST(PitchShift, MovesATonesFrequencyAndKeepsItsLength) {
  features::TimeStretcher stretch;
  const auto a440 = tone(440, 44100);
  for (const double semitones : {-12.0, -3.5, 0.0, 0.5, 7.0, 12.0}) {
    const auto shifted = pitch_shift(a440, semitones, stretch);
    ASSERT_EQ(shifted.size(), a440.size());
    const auto middle = std::span(shifted).subspan(11025, 22050);
    EXPECT_NEAR(periods(middle), 440 * std::exp2(semitones / 12), 1.5) << semitones;
    // Partials that a vocoder lets drift apart cancel in part: librosa loses as much.
    EXPECT_NEAR(std::sqrt(energy(std::vector<float>(middle.begin(), middle.end())) / 22050), 0.3 / std::sqrt(2), 0.04)
        << semitones;
  }
}

TEST(PitchShift, TakesSignalsShorterThanAWindow) {
  features::TimeStretcher stretch;
  for (const size_t samples : {0, 1, 100, 2047}) {
    const auto shifted = pitch_shift(std::vector<float>(samples, 0.5F), 2, stretch);
    ASSERT_EQ(shifted.size(), samples);
    for (const float sample : shifted) EXPECT_TRUE(std::isfinite(sample));
  }
}

TEST(TimeStretch, HasTheLengthOfItsRate) {
  features::TimeStretcher stretch;
  const auto mono = tone(440, 22050);
  EXPECT_EQ(stretch(mono, 2).size(), 11025U);
  EXPECT_EQ(stretch(mono, 0.8).size(), 27563U);  // round(27562.5), away from zero
  EXPECT_THROW(stretch(mono, 0), InputError);
}

TEST(TimeStretch, ByOneGivesTheSignalBack) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0, 0.1F);
  std::vector<float> noise(20000);
  for (float& sample : noise) sample = normal(generator);
  features::TimeStretcher stretch;
  const auto same = stretch(noise, 1);
  EXPECT_GT(signal_to_difference_db(same, noise), 50);  // phases are summed up in single precision
}

}  // namespace
}  // namespace foldwave::augment
