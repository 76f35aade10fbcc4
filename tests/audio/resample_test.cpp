#include <gtest/gtest.h>

#include "foldwave/audio/audio.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::audio {
namespace {

TEST(Resample, GivesTheSamplesOfLibrosa) {
  const auto golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/librosa.h5");
  for (const std::string name : {"clicks", "short", "one_sample"}) {
    const auto mono = golden.read<float>(name + "/audio");
    for (const int rate : {44100, 48000, 16000, 8000}) {
      const auto expected = golden.read<float>(name + "/resample_" + std::to_string(rate) + "/audio");
      const auto resampled = resample(mono, rate, 22050);
      ASSERT_EQ(resampled.size(), expected.size()) << name << " from " << rate;
      // The same library: equal here, and another CPU's vector code may round the last bits otherwise.
      for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(resampled[i], expected[i], 1e-6) << name << " at " << i;
    }
  }
}

TEST(Resample, LeavesASignalAtItsOwnRateAlone) {
  const std::vector<float> mono = {0.1F, -0.2F, 0.3F};
  EXPECT_EQ(resample(mono, 22050, 22050), mono);
}

TEST(Resample, RoundsTheLengthUp) {
  EXPECT_EQ(resample(std::vector<float>(3), 2, 1).size(), 2U);
  EXPECT_EQ(resample(std::vector<float>(1000), 22050 / 1.5, 22050).size(), 1500U);
  EXPECT_TRUE(resample({}, 44100, 22050).empty());
}

}  // namespace
}  // namespace foldwave::audio
