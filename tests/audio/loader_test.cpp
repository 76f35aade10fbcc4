#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "audio/decoder.h"
#include "sound_files.h"
#include "temporary_folder.h"

namespace foldwave::audio {
namespace {

TEST(Loader, GivesTheSamplesOfAFloatFileAtItsOwnRateUnchanged) {
  const TemporaryFolder folder;
  const std::vector<float> samples = noise(22050 * 20);  // many blocks
  write(folder / "a.wav", kFloatWav, 22050, 1, samples);
  EXPECT_EQ(load_mono(folder / "a.wav"), samples);
}

TEST(Loader, MixesChannelsDownToTheirMean) {
  const TemporaryFolder folder;
  write(folder / "a.wav", kFloatWav, 22050, 2, {0.5F, 0.25F, -1.0F, 0.5F, 0.125F, 0.125F});
  EXPECT_EQ(load_mono(folder / "a.wav"), (std::vector<float>{0.375F, -0.25F, 0.125F}));
  write(folder / "a.wav", kFloatWav, 22050, 3, {0.5F, 0.25F, -1.5F, 0.3F, 0.3F, 0.3F});
  EXPECT_EQ(load_mono(folder / "a.wav"), (std::vector<float>{-0.25F, (0.3F + 0.3F + 0.3F) / 3.0F}));
}

TEST(Loader, TakesMoreChannelsThanABlockHasValuesOfAFrame) {
  const TemporaryFolder folder;
  write(folder / "a.wav", kFloatWav, 22050, 1000, std::vector<float>(50'000, 0.25F));
  EXPECT_EQ(load_mono(folder / "a.wav"), std::vector<float>(50, 0.25F));
}

TEST(Loader, KeepsSamplesBeyondFullScale) {
  const TemporaryFolder folder;
  write(folder / "a.wav", kFloatWav, 22050, 1, {1.5F, -2.0F});
  EXPECT_EQ(load_mono(folder / "a.wav"), (std::vector<float>{1.5F, -2.0F}));
}

TEST(Loader, TakesASingleSampleSilenceAConstantAndClippedSound) {
  const TemporaryFolder folder;
  std::vector<float> clipped = tone(22050, 1);
  for (float& sample : clipped) sample = std::clamp(10 * sample, -1.0F, 1.0F);
  for (const auto& samples :
       {std::vector<float>{0.25F}, std::vector<float>(30'000), std::vector<float>(30'000, 0.5F), clipped}) {
    write(folder / "a.wav", kFloatWav, 22050, 1, samples);
    EXPECT_EQ(load_mono(folder / "a.wav"), samples);
  }
}

TEST(Loader, ResamplesBlockByBlockAsInOnePiece) {
  const TemporaryFolder folder;
  const std::vector<float> samples = noise(100'000);
  for (const int rate : {44100, 48000, 11025, 96000}) {
    write(folder / "a.wav", kFloatWav, rate, 1, samples);
    EXPECT_EQ(load_mono(folder / "a.wav"), resample(samples, rate, 22050)) << rate;
  }
}

TEST(Loader, GivesTheSameAgainAfterFilesOfOtherRatesAndOnesThatFailed) {
  const TemporaryFolder folder;
  Loader loader({});
  std::vector<float> mono;
  std::vector<float> bad = noise(50'000);
  for (const int rate : {44100, 48000, 11025, 96000, 8000, 32000, 44100, 48000}) {
    bad[40'000] = std::numeric_limits<float>::infinity();
    write(folder / "bad.wav", kFloatWav, rate, 1, bad);
    EXPECT_THROW(loader(folder / "bad.wav", mono), UnusableAudio);
    const std::vector<float> samples = noise(static_cast<size_t>(rate));
    write(folder / "good.wav", kFloatWav, rate, 1, samples);
    loader(folder / "good.wav", mono);
    EXPECT_EQ(mono, resample(samples, rate, 22050)) << rate;
  }
}

TEST(Loader, KeepsTheCallersMemoryFromFileToFile) {
  const TemporaryFolder folder;
  write(folder / "long.wav", kFloatWav, 44100, 1, noise(100'000));
  write(folder / "short.wav", kFloatWav, 44100, 1, noise(90'000));
  Loader loader({});
  std::vector<float> mono;
  loader(folder / "long.wav", mono);
  const float* const memory = mono.data();
  loader(folder / "short.wav", mono);
  EXPECT_EQ(mono.data(), memory);
  EXPECT_EQ(mono.size(), 45'000U);
}

TEST(Loader, CanBeMoved) {
  const TemporaryFolder folder;
  write(folder / "a.wav", kFloatWav, 22050, 1, {0.25F});
  Loader first({});
  std::vector<float> mono;
  first(folder / "a.wav", mono);
  Loader second(std::move(first));
  second(folder / "a.wav", mono);
  EXPECT_EQ(mono, std::vector<float>{0.25F});
}

TEST(Loader, ReadsOnlyTheFirstSecondsWhereAskedTo) {
  const TemporaryFolder folder;
  write(folder / "a.flac", kFlac, 44100, 1, tone(44100, 3));
  AudioConfig config;
  config.max_seconds = 0.5;
  EXPECT_EQ(load_mono(folder / "a.flac", config).size(), 11025U);
  config.max_seconds = 10;
  EXPECT_EQ(load_mono(folder / "a.flac", config).size(), 66150U);
}

TEST(Loader, SaysHowLongAFileIsThatEndsBeforeTheOffset) {
  const TemporaryFolder folder;
  write(folder / "a.flac", kFlac, 44100, 1, tone(44100, 2.5));
  AudioConfig config;
  for (const double offset : {2.5, 30.0, 1e300}) {
    config.offset_s = offset;
    EXPECT_EQ(reason(folder / "a.flac", config), "nothing after the offset of " +
                                                     std::string(offset == 2.5  ? "2.5"
                                                                 : offset == 30 ? "30"
                                                                                : "1e+300") +
                                                     " s (the file has 2.5 s)");
  }
}

TEST(Loader, NamesTheSampleThatIsNotANumberByItsPlaceInTheFile) {
  const TemporaryFolder folder;
  AudioConfig config;
  std::vector<float> samples = tone(22050, 2);
  for (const auto& [value, text] : {std::pair(std::numeric_limits<float>::quiet_NaN(), "is not a number"),
                                    std::pair(std::numeric_limits<float>::infinity(), "is infinite"),
                                    std::pair(1e30F, "is out of any range: 1e+30")}) {
    samples[40'123] = value;
    write(folder / "a.wav", kFloatWav, 22050, 1, samples);
    for (const double offset : {0.0, 0.5}) {
      config.offset_s = offset;
      EXPECT_EQ(reason(folder / "a.wav", config), std::string("sample 40123 ") + text);
    }
  }
  config.offset_s = 0;
  config.max_seconds = 1;
  EXPECT_EQ(reason(folder / "a.wav", config), "usable");  // it is behind the part that is read
}

TEST(Loader, RefusesARateThatWouldBlowTheFileUp) {
  const TemporaryFolder folder;
  write(folder / "a.wav", kFloatWav, 1, 1, tone(22050, 0.1));
  EXPECT_EQ(reason(folder / "a.wav"), "a sample rate of 1 Hz");
}

TEST(Decoder, StopsAtAFileOfMoreSamplesThanMemoryIsMeantFor) {
  const TemporaryFolder folder;
  write(folder / "a.flac", kFlac, 22050, 1, std::vector<float>(100'000));
  const std::atomic<bool> give_up{false};
  std::vector<float> mono;
  Decoder(AudioConfig{}, give_up, 100'000)(folder / "a.flac", mono);
  EXPECT_EQ(mono.size(), 100'000U);
  try {
    Decoder(AudioConfig{}, give_up, 79'380)(folder / "a.flac", mono);
    FAIL();
  } catch (const UnusableAudio& error) {
    EXPECT_STREQ(error.what(), "longer than 0.001 h");
  }
}

}  // namespace
}  // namespace foldwave::audio
