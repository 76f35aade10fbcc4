#include <gtest/gtest.h>

#include <algorithm>

#include "sound_files.h"
#include "temporary_folder.h"

namespace foldwave::audio {
namespace {

// 0.4 s of a tone of its own in every channel, and their mean.
struct Tones {
  Tones(int rate, int channels) {
    mean.resize(tone(rate, 0.4).size());
    interleaved.resize(mean.size() * static_cast<size_t>(channels));
    for (int c = 0; c < channels; ++c) {
      const std::vector<float> samples = tone(rate, 0.4, 300 + 20 * c);
      for (size_t i = 0; i < mean.size(); ++i) {
        interleaved[i * static_cast<size_t>(channels) + static_cast<size_t>(c)] = samples[i];
        mean[i] += samples[i] / static_cast<float>(channels);
      }
    }
  }
  std::vector<float> interleaved, mean;
};

// RMS of the difference relative to that of `expected`, away from the ends, where codecs fade in and out.
double relative_error(const std::vector<float>& samples, const std::vector<float>& expected) {
  double difference = 0, power = 0;
  const size_t edge = expected.size() / 8;
  for (size_t i = edge; i + edge < expected.size(); ++i) {
    difference += std::pow(samples[i] - expected[i], 2);
    power += std::pow(expected[i], 2);
  }
  return std::sqrt(difference / power);
}

class EveryFormat : public testing::TestWithParam<Format> {
 protected:
  const Format& format() const { return GetParam(); }
  std::filesystem::path file() const { return folder_ / "file with spaces,\na newline and \xc3\xa9"; }

 private:
  TemporaryFolder folder_;
};

TEST_P(EveryFormat, HoldsWhatWasWrittenInAnyNumberOfChannels) {
  const int rate = format().rates.back();
  for (const int channels : {1, 2, 3, 4, 5, 6, 7, 8}) {
    if (channels > format().most_channels) break;
    const Tones tones(rate, channels);
    write(file(), format().code, rate, channels, tones.interleaved);
    const std::vector<float> mono = load_mono(file(), at_rate(rate));
    ASSERT_GE(mono.size(), tones.mean.size()) << channels;
    EXPECT_LE(mono.size(), tones.mean.size() + 4096) << channels;  // ADPCM fills its last block
    // One of six channels of Opus is for low frequencies alone, and the others get fewer bits.
    const double error = format().name == "opus" && channels >= 6 ? 0.4 : format().error;
    EXPECT_LT(relative_error(mono, tones.mean), error) << channels;
  }
}

TEST_P(EveryFormat, HoldsWhatWasWrittenAtAnyRate) {
  for (const int rate : format().rates) {
    const Tones tones(rate, 1);
    write(file(), format().code, rate, 1, tones.interleaved);
    const std::vector<float> mono = load_mono(file(), at_rate(rate));
    ASSERT_GE(mono.size(), tones.mean.size()) << rate;
    EXPECT_LT(relative_error(mono, tones.mean), format().error) << rate;
  }
}

TEST_P(EveryFormat, IsResampledFromAnyRate) {
  const std::vector<float> expected = Tones(22050, 1).mean;
  for (const int rate : format().rates) {
    write(file(), format().code, rate, 1, Tones(rate, 1).interleaved);
    const std::vector<float> mono = load_mono(file());
    ASSERT_GE(mono.size(), expected.size()) << rate;
    EXPECT_LT(relative_error(mono, expected), std::max(3e-4, format().error)) << rate;
  }
}

// What librosa.load(path, offset=..., duration=...) gives: as if the whole had been decoded and then cut.
TEST_P(EveryFormat, IsReadFromAnOffsetAsIfItHadBeenCut) {
  const int rate = format().rates.back();
  const int channels = std::min(2, format().most_channels);
  write(file(), format().code, rate, channels, noise(static_cast<size_t>(rate) * static_cast<size_t>(channels) * 3));
  AudioConfig config = at_rate(rate);
  const std::vector<float> whole = load_mono(file(), config);
  for (const double offset : {1.0 / rate, 0.1, 0.77777, 1.5, 2.9}) {
    for (const double seconds : {0.0, 0.25}) {
      config.offset_s = offset;
      config.max_seconds = seconds;
      const std::vector<float> part = load_mono(file(), config);
      const auto begin = static_cast<size_t>(offset * rate);
      const size_t rest = whole.size() - begin;
      ASSERT_EQ(part.size(), seconds > 0 ? std::min(rest, static_cast<size_t>(seconds * rate)) : rest) << offset;
      // libopus takes 80 ms to settle after a seek, down to the last bits; all others are exact.
      const double tolerance = format().name == "opus" ? 1e-6 : 0;
      for (size_t i = 0; i < part.size(); ++i)
        ASSERT_NEAR(part[i], whole[begin + i], tolerance) << offset << " at " << i;
    }
  }
}

TEST_P(EveryFormat, IsUsedAsFarAsItGoesWhereItBreaksOff) {
  const int rate = format().rates.back();
  const std::vector<float> samples = noise(static_cast<size_t>(rate) * 3);
  write(file(), format().code, rate, 1, samples);
  AudioConfig config = at_rate(rate);
  const std::vector<float> whole = load_mono(file(), config);
  const std::string bytes = bytes_of(file());
  write_bytes(file(), bytes.substr(0, bytes.size() * 2 / 3));
  if (format().name.starts_with("caf")) {  // libsndfile wants it whole
    EXPECT_EQ(reason(file(), config), "not audio: Supported file format but file is malformed");
    return;
  }
  const std::vector<float> part = load_mono(file(), config);
  EXPECT_GT(part.size(), samples.size() / 4);  // the last page of Opus, a second of it, is lost
  EXPECT_LT(part.size(), samples.size() * 3 / 4);
  const size_t settled = part.size() - std::min<size_t>(part.size(), 5000);  // the last block may be half of one
  for (size_t i = 0; i < settled; ++i) ASSERT_EQ(part[i], whole[i]) << i;

  config.offset_s = 0.5;
  EXPECT_EQ(load_mono(file(), config).size(), part.size() - static_cast<size_t>(rate / 2));
  config.offset_s = 2.9;
  EXPECT_EQ(reason(file(), config).rfind("nothing after the offset of 2.9 s", 0), 0U) << reason(file(), config);
}

INSTANTIATE_TEST_SUITE_P(Sndfile, EveryFormat, testing::ValuesIn(formats()),
                         [](const auto& test) { return identifier(test.param); });

}  // namespace
}  // namespace foldwave::audio
