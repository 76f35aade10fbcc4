#include <gtest/gtest.h>

#include "foldwave/audio/audio.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::audio {
namespace {

TEST(Trim, CutsWhereLibrosaCuts) {
  const auto golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/librosa.h5");
  for (const std::string name : {"chirp", "noise", "padded_tone", "short", "one_sample", "silence", "clicks"}) {
    const auto mono = golden.read<float>(name + "/audio");
    for (const int trim_db : {60, 30, 20}) {
      const std::string expected = name + "/trim_" + std::to_string(trim_db);
      AudioConfig config;
      config.trim_db = trim_db;
      const Span span = trim(mono, config);
      EXPECT_EQ(span.begin, golden.number_attribute(expected, "begin")) << expected;
      EXPECT_EQ(span.end, golden.number_attribute(expected, "end")) << expected;
    }
  }
}

TEST(Trim, KeepsEverythingWhenTheWholeTrackIsSilent) {
  const Span span = trim(std::vector<float>(10000), {});
  EXPECT_EQ(span.begin, 0);
  EXPECT_EQ(span.end, 10000);
}

TEST(Trim, KeepsATrackShorterThanAFrame) {
  const Span span = trim(std::vector<float>{0.5F}, {});
  EXPECT_EQ(span.begin, 0);
  EXPECT_EQ(span.end, 1);
}

TEST(Trim, LeavesNothingOfNothing) {
  const Span span = trim({}, {});
  EXPECT_EQ(span.begin, 0);
  EXPECT_EQ(span.end, 0);
}

}  // namespace
}  // namespace foldwave::audio
