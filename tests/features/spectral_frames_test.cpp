#include "features/spectral_frames.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "features/delta.h"
#include "features/frame_spectrum.h"
#include "golden_cases.h"

namespace foldwave::features {
namespace {

SpectralFrames described(const std::vector<float>& mono, const FeatureConfig& config) {
  SpectralDescriptors descriptors(config);
  const auto spectrum = make_frame_spectrum(config, Precision::double_fft);
  SpectralFrames out;
  descriptors.start(frame_count(static_cast<int64_t>(mono.size()), config), out);
  std::vector<float> power(static_cast<size_t>(config.n_fft / 2) + 1);
  for (int frame = 0; frame < out.frames; ++frame) {
    (*spectrum)(mono, int64_t{frame} * config.hop_length, power);
    descriptors.add(power, frame, out);
  }
  descriptors.finish(mono, out);
  return out;
}

std::vector<float> tone(double hz, size_t samples, int sample_rate) {
  std::vector<float> mono(samples);
  for (size_t i = 0; i < samples; ++i)
    mono[i] = static_cast<float>(0.5 * std::sin(2 * 3.14159265358979 * hz * static_cast<double>(i) / sample_rate));
  return mono;
}

TEST(SpectralFrames, AreLibrosasForEverySignal) {
  const auto golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/spectral.h5");
  for (const std::string signal : {"chirp", "noise", "padded_tone", "silence", "clicks"}) {
    const SpectralFrames ours = described(golden.read<float>(signal + "/audio"), FeatureConfig{});
    const std::map<std::string, const std::vector<float>*> features = {
        {"chroma", &ours.chroma},     {"contrast", &ours.contrast},
        {"centroid", &ours.centroid}, {"bandwidth", &ours.bandwidth},
        {"rolloff", &ours.rolloff},   {"flatness", &ours.flatness},
        {"rms", &ours.rms},           {"zero_crossing_rate", &ours.zero_crossing_rate}};
    for (const auto& [name, values] : features) {
      const auto expected = read_transposed(golden, signal + "/" + name);
      ASSERT_EQ(values->size(), expected.size()) << signal << " " << name;
      // Of each value, but for what is zero up to rounding; 3e-4 was measured (contrast of a chirp), else 5e-6.
      const float rounding = 1e-6F * maximum(expected) + 1e-12F;
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR((*values)[i], expected[i], 1e-3F * std::abs(expected[i]) + rounding)
            << signal << " " << name << " " << i;
      }
    }
  }
}

TEST(SpectralFrames, OfSilenceAreZeroAndFlat) {
  const SpectralFrames silent = described(std::vector<float>(5000), FeatureConfig{});
  for (const auto* feature : {&silent.chroma, &silent.contrast, &silent.centroid, &silent.bandwidth, &silent.rolloff,
                              &silent.zero_crossing_rate, &silent.rms})
    EXPECT_EQ(*feature, std::vector<float>(feature->size()));
  for (const float flatness : silent.flatness) EXPECT_NEAR(flatness, 1, 1e-5);
}

TEST(SpectralFrames, HearTheNoteOfATone) {
  const SpectralFrames a440 = described(tone(440, 22050, 22050), FeatureConfig{});
  for (size_t frame = 3; frame < 40; ++frame) {
    EXPECT_EQ(a440.chroma[frame * 12 + 9], 1) << frame;  // C, C#, ... A is the tenth
    EXPECT_NEAR(a440.centroid[frame], 440, 15);
    EXPECT_NEAR(a440.zero_crossing_rate[frame], 2 * 440.0 / 22050, 1e-3);
    EXPECT_NEAR(a440.rms[frame], 0.5 / std::sqrt(2), 1e-3);
  }
}

TEST(SpectralFrames, HaveFewerContrastBandsAtLowRatesAndAllAreFinite) {
  std::mt19937 generator(3);
  std::normal_distribution<float> normal;
  for (const auto& [rate, n_fft, bands] : {std::tuple{22050, 2048, 7},
                                           {12000, 2048, 6},
                                           {8000, 512, 6},
                                           {4000, 256, 5},
                                           {44100, 4096, 7},
                                           {192000, 16, 7},
                                           {4000, 16, 5}}) {
    FeatureConfig config;
    config.sample_rate = rate;
    config.n_fft = n_fft;
    config.hop_length = n_fft / 4;
    config.n_mels = config.n_mfcc = 2;
    std::vector<float> noise(static_cast<size_t>(10 * n_fft));
    for (float& sample : noise) sample = normal(generator);
    const SpectralFrames frames = described(noise, config);
    EXPECT_EQ(frames.contrast.size(), static_cast<size_t>(bands * frames.frames)) << rate << " " << n_fft;
    for (const float value : frames.contrast) EXPECT_TRUE(std::isfinite(value) && value >= 0);
    for (const float value : frames.chroma) EXPECT_TRUE(value >= 0 && value <= 1);
  }
}

TEST(Delta, IsLibrosas) {
  const auto golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/spectral.h5");
  MelExtractor extract{FeatureConfig{}};
  for (const std::string signal : {"chirp", "noise", "padded_tone", "clicks"}) {
    std::vector<float> slopes;
    delta(mfcc(extract(golden.read<float>(signal + "/audio")), FeatureConfig{}), slopes);
    const auto expected = read_transposed(golden, signal + "/mfcc_delta");
    ASSERT_EQ(slopes.size(), expected.size());
    // Slopes of values up to 1131: a millionth of that is rounding.
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(slopes[i], expected[i], 1e-3F * std::abs(expected[i]) + 1e-3F) << signal << " " << i;
  }
}

TEST(Delta, OfARampIsItsSlopeUpToBothEnds) {
  Mfcc ramp{12, 1, {}};
  for (int t = 0; t < 12; ++t) ramp.values.push_back(3.0F * static_cast<float>(t));
  std::vector<float> slopes;
  delta(ramp, slopes);
  for (const float slope : slopes) EXPECT_FLOAT_EQ(slope, 3);
}

TEST(Delta, OfATrackShorterThanItsReachTakesTheEndsToGoOn) {
  std::vector<float> slopes;
  delta({1, 2, {5, -7}}, slopes);
  EXPECT_EQ(slopes, std::vector<float>({0, 0}));
  delta({2, 1, {0, 6}}, slopes);
  EXPECT_FLOAT_EQ(slopes[0], (1 + 2 + 3 + 4) * 6 / 60.0F);
  EXPECT_FLOAT_EQ(slopes[1], (1 + 2 + 3 + 4) * 6 / 60.0F);
}

}  // namespace
}  // namespace foldwave::features
