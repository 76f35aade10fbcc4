#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <random>

#include "foldwave/audio/audio.h"
#include "temporary_folder.h"

// libsndfile 1.2.0 forgets what libvorbis allocated when an Ogg breaks off inside its headers.
// NOLINTNEXTLINE(bugprone-reserved-identifier): LeakSanitizer looks for this name
extern "C" const char* __lsan_default_suppressions() { return "leak:vorbis_info_init\n"; }

namespace foldwave::audio {
namespace {

constexpr int float_wav = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
constexpr int flac = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
constexpr int ogg = SF_FORMAT_OGG | SF_FORMAT_VORBIS;

void write(const std::filesystem::path& path, int format, int rate, int channels,
           const std::vector<float>& interleaved) {
  SF_INFO info{};
  info.format = format;
  info.samplerate = rate;
  info.channels = channels;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
  const auto frames = static_cast<sf_count_t>(interleaved.size()) / channels;
  EXPECT_EQ(sf_writef_float(file, interleaved.data(), frames), frames);
  ASSERT_EQ(sf_close(file), 0);
}

void write_text(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }

std::vector<float> tone(int rate, double seconds) {
  std::vector<float> samples(static_cast<size_t>(rate * seconds));
  for (size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / rate));
  }
  return samples;
}

// Noise, so that compressed files are long enough to be cut anywhere.
std::vector<float> noise(size_t count) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = uniform(generator);
  return samples;
}

std::string reason(const std::filesystem::path& path, const AudioConfig& config = {}) {
  try {
    load(path, config);
  } catch (const UnusableAudio& error) {
    return error.what();
  }
  return "usable";
}

TEST(Load, GivesTheSamplesOfAFloatFileAtItsOwnRateUnchanged) {
  const TemporaryFolder folder;
  const std::vector<float> samples = tone(22050, 1);
  write(folder / "a.wav", float_wav, 22050, 1, samples);
  const Waveform wave = load(folder / "a.wav", {});
  EXPECT_EQ(wave.sample_rate, 22050);
  EXPECT_EQ(wave.samples, samples);
}

TEST(Load, MixesChannelsDownToTheirMean) {
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 22050, 2, {0.5F, 0.25F, -1.0F, 0.5F, 0.125F, 0.125F});
  EXPECT_EQ(load(folder / "a.wav", {}).samples, (std::vector<float>{0.375F, -0.25F, 0.125F}));
}

TEST(Load, KeepsSamplesBeyondFullScale) {
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 22050, 1, {1.5F, -2.0F});
  EXPECT_EQ(load(folder / "a.wav", {}).samples, (std::vector<float>{1.5F, -2.0F}));
}

TEST(Load, ReadsLongFilesInSeveralBlocks) {
  const TemporaryFolder folder;
  const std::vector<float> samples = tone(22050, 20);  // more than a block of 65536
  write(folder / "a.wav", float_wav, 22050, 1, samples);
  EXPECT_EQ(load(folder / "a.wav", {}).samples, samples);
}

TEST(Load, ResamplesToTheConfiguredRate) {
  const TemporaryFolder folder;
  for (const int rate : {44100, 48000, 16000}) {
    write(folder / "a.flac", flac, rate, 1, tone(rate, 1));
    const Waveform wave = load(folder / "a.flac", {});
    ASSERT_EQ(wave.samples.size(), 22050U) << rate;
    const std::vector<float> expected = tone(22050, 1);
    // 16-bit samples, and the resampler's filter is well inside the passband: a few steps of 1/32768. Not at the ends.
    for (size_t i = 1000; i < 21000; ++i) ASSERT_NEAR(wave.samples[i], expected[i], 2e-4) << rate << " at " << i;
  }
}

TEST(Load, DecodesOggVorbis) {
  const TemporaryFolder folder;
  write(folder / "a.ogg", ogg, 44100, 2, tone(44100, 2));
  EXPECT_EQ(load(folder / "a.ogg", {}).samples.size(), 22050U);  // 2 s of interleaved samples are 1 s of stereo
}

TEST(Load, ReadsOnlyTheFirstSecondsWhereAskedTo) {
  const TemporaryFolder folder;
  write(folder / "a.flac", flac, 44100, 1, tone(44100, 3));
  AudioConfig config;
  config.max_seconds = 0.5;
  EXPECT_EQ(load(folder / "a.flac", config).samples.size(), 11025U);
  config.max_seconds = 10;
  EXPECT_EQ(load(folder / "a.flac", config).samples.size(), 66150U);
}

TEST(Load, TakesASingleSample) {
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 22050, 1, {0.25F});
  EXPECT_EQ(load(folder / "a.wav", {}).samples, std::vector<float>{0.25F});
}

TEST(Load, TakesSilence) {
  const TemporaryFolder folder;
  write(folder / "a.flac", flac, 44100, 2, std::vector<float>(88200));
  EXPECT_EQ(load(folder / "a.flac", {}).samples, std::vector<float>(22050));
}

TEST(Load, UsesWhatATruncatedFileStillHolds) {
  const TemporaryFolder folder;
  for (const auto& [name, format] :
       {std::pair("a.ogg", ogg), std::pair("a.flac", flac), std::pair("a.wav", float_wav)}) {
    write(folder / name, format, 22050, 1, noise(220500));
    std::filesystem::resize_file(folder / name, std::filesystem::file_size(folder / name) / 2);
    const size_t samples = load(folder / name, {}).samples.size();
    EXPECT_GT(samples, 22050U) << name;
    EXPECT_LT(samples, 220500U) << name;
  }
}

TEST(Load, TrustsNoHeaderAboutTheLength) {
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 22050, 1, {0.5F, 0.25F});
  std::fstream file(folder / "a.wav", std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const size_t data = bytes.rfind("data");
  ASSERT_NE(data, std::string::npos);
  bytes.replace(data + 4, 4, "\xF0\xFF\xFF\x7F", 4);  // 2 GiB of samples
  file.seekp(0);
  file << bytes << std::flush;
  EXPECT_EQ(load(folder / "a.wav", {}).samples, (std::vector<float>{0.5F, 0.25F}));
}

TEST(Load, SaysWhyAFileIsUnusable) {
  const TemporaryFolder folder;
  write_text(folder / "empty.ogg", "");
  write_text(folder / "text.ogg", std::string(5000, 'x'));
  std::filesystem::create_directory(folder / "folder.ogg");
  EXPECT_EQ(reason(folder / "missing.ogg"), "no such file");
  EXPECT_EQ(reason(folder / "empty.ogg"), "an empty file");
  EXPECT_EQ(reason(folder / "folder.ogg"), "a directory, not a file");
  EXPECT_EQ(reason(folder / "text.ogg").rfind("not audio: ", 0), 0U) << reason(folder / "text.ogg");
}

TEST(Load, RefusesAudioWithoutSamples) {
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 22050, 1, {});
  EXPECT_EQ(reason(folder / "a.wav"), "no samples");
}

TEST(Load, RefusesAnOggOfWhichOnlyTheHeaderIsLeft) {
  const TemporaryFolder folder;
  write(folder / "a.ogg", ogg, 22050, 1, tone(22050, 10));
  std::filesystem::resize_file(folder / "a.ogg", 100);
  EXPECT_EQ(reason(folder / "a.ogg").rfind("not audio: ", 0), 0U) << reason(folder / "a.ogg");
}

TEST(Load, NamesTheSampleThatIsNotANumber) {
  const TemporaryFolder folder;
  std::vector<float> samples = tone(22050, 0.1);
  samples[123] = std::numeric_limits<float>::quiet_NaN();
  write(folder / "a.wav", float_wav, 22050, 1, samples);
  EXPECT_EQ(reason(folder / "a.wav"), "sample 123 is not a number");
  samples[123] = std::numeric_limits<float>::infinity();
  write(folder / "a.wav", float_wav, 22050, 1, samples);
  EXPECT_EQ(reason(folder / "a.wav"), "sample 123 is infinite");
  samples[123] = 1e30F;
  write(folder / "a.wav", float_wav, 22050, 1, samples);
  EXPECT_EQ(reason(folder / "a.wav").rfind("sample 123 is out of any range", 0), 0U);
}

TEST(Load, RefusesARateThatWouldBlowTheFileUp) {
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 1, 1, tone(22050, 0.1));
  EXPECT_EQ(reason(folder / "a.wav"), "a sample rate of 1 Hz");
}

TEST(Load, SaysThatAFileMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TemporaryFolder folder;
  write(folder / "a.wav", float_wav, 22050, 1, {0.25F});
  std::filesystem::permissions(folder / "a.wav", std::filesystem::perms::none);
  EXPECT_EQ(reason(folder / "a.wav"), "cannot be opened: Permission denied");
}

}  // namespace
}  // namespace foldwave::audio
