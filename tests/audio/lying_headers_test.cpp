#include <gtest/gtest.h>

#include <algorithm>

#include "memory.h"
#include "sound_files.h"
#include "temporary_folder.h"

namespace foldwave::audio {
namespace {

// Headers that promise more than there is. Each file holds the same 3000 frames.
class LyingHeader : public testing::Test {
 protected:
  // The bytes of an honest file.
  std::string honest(int format, int channels = 1) {
    write(folder_ / "a", format, 22050, channels, noise(size_t{3000} * static_cast<size_t>(channels)));
    samples_ = load_mono(folder_ / "a");
    return bytes_of(folder_ / "a");
  }
  // What was written, and at most as many samples more of a codec's padding, in hardly any memory.
  void expect_what_is_there(const std::string& bytes, size_t padding = 0) {
    write_bytes(folder_ / "a", bytes);
    AudioConfig config;
    for (const double max_seconds : {0.0, 1e6}) {
      config.max_seconds = max_seconds;
      const int64_t before = anonymous_bytes();
      const std::vector<float> mono = load_mono(folder_ / "a", config);
      EXPECT_LT(anonymous_bytes() - before, kMemoryIsOurs ? 8 << 20 : 1 << 30);
      ASSERT_GE(mono.size(), samples_.size());
      EXPECT_LE(mono.size(), samples_.size() + padding);
      EXPECT_TRUE(std::equal(samples_.begin(), samples_.end(), mono.begin()));
    }
    config.offset_s = 1;  // behind the end
    EXPECT_EQ(reason(folder_ / "a", config).rfind("nothing after the offset of 1 s", 0), 0U)
        << reason(folder_ / "a", config);
  }
  static std::string patched(std::string bytes, size_t where, const std::string& with) {
    return bytes.replace(where, with.size(), with);
  }
  static size_t after(const std::string& bytes, const std::string& mark) {
    const size_t at = bytes.find(mark);
    EXPECT_NE(at, std::string::npos) << mark;
    return at + mark.size();
  }

  TemporaryFolder folder_;
  std::vector<float> samples_;
};

const std::string k32BitsOfOnes = "\xFF\xFF\xFF\xFF";
const std::string kMost64 = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";  // 2^63-1, little endian
const std::string kMost64BigEndian = "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF";

TEST_F(LyingHeader, OfAWavIsNotTrusted) {
  const std::string bytes = honest(SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  for (const std::string& size : {k32BitsOfOnes, std::string("\xF0\xFF\xFF\x7F"), std::string("\xF0\xFF\xFF\xFF")}) {
    expect_what_is_there(patched(bytes, after(bytes, "data"), size));
    expect_what_is_there(patched(patched(bytes, after(bytes, "data"), size), 4, size));
  }
}

TEST_F(LyingHeader, OfAnRf64IsNotTrusted) {
  const std::string bytes = honest(SF_FORMAT_RF64 | SF_FORMAT_PCM_16);
  const size_t sizes = after(bytes, "ds64") + 4;  // of the file, the data, the samples
  expect_what_is_there(patched(bytes, sizes + 8, kMost64));
  expect_what_is_there(patched(bytes, sizes, kMost64 + kMost64 + kMost64));
}

TEST_F(LyingHeader, OfAW64IsNotTrusted) {
  const std::string bytes = honest(SF_FORMAT_W64 | SF_FORMAT_PCM_16);
  expect_what_is_there(patched(bytes, after(bytes, "data") + 12, kMost64));
}

TEST_F(LyingHeader, OfAnAuIsNotTrusted) {
  const std::string bytes = honest(SF_FORMAT_AU | SF_FORMAT_PCM_16);
  expect_what_is_there(patched(bytes, 8, k32BitsOfOnes));
  expect_what_is_there(patched(bytes, 8, std::string("\x40\0\0\0", 4)));
  write_bytes(folder_ / "a", patched(bytes, 8, "\x7F\xFF\xFF\xFF"));  // overflows in libsndfile
  EXPECT_EQ(reason(folder_ / "a"), "no samples");
}

TEST_F(LyingHeader, OfAnAiffIsNotTrusted) {
  const std::string bytes = honest(SF_FORMAT_AIFF | SF_FORMAT_PCM_16);
  expect_what_is_there(patched(bytes, after(bytes, "COMM") + 6, k32BitsOfOnes));
  expect_what_is_there(patched(bytes, after(bytes, "SSND"), "\x7F\xFF\xFF\xF0"));
}

TEST_F(LyingHeader, OfACafIsRefused) {  // by libsndfile
  const std::string bytes = honest(SF_FORMAT_CAF | SF_FORMAT_PCM_16);
  for (const std::string& size : {std::string(8, '\xFF'), kMost64BigEndian}) {
    write_bytes(folder_ / "a", patched(bytes, after(bytes, "data"), size));
    EXPECT_EQ(reason(folder_ / "a"), "not audio: Supported file format but file is malformed");
  }
}

TEST_F(LyingHeader, OfAFlacIsNotTrusted) {
  const std::string bytes = honest(kFlac);
  const size_t total = 21;  // its lower half byte, and four more bytes
  const char upper = static_cast<char>(bytes[total] & 0xF0);
  expect_what_is_there(patched(bytes, total, static_cast<char>(upper | 0x0F) + k32BitsOfOnes));
}

uint32_t ogg_crc(const std::string& page) {
  uint32_t crc = 0;
  for (const char c : page) {
    crc ^= static_cast<uint32_t>(static_cast<unsigned char>(c)) << 24;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x80000000U) != 0 ? 0x04c11db7U : 0U);
  }
  return crc;
}

TEST_F(LyingHeader, OfAVorbisIsNotTrusted) {
  const std::string bytes = honest(kVorbis);
  const size_t last = bytes.rfind("OggS");
  for (const std::string& granule : {kMost64, std::string("\x00\x00\x00\x00\x00\x01\x00\x00", 8)}) {
    std::string page = patched(patched(bytes.substr(last), 6, granule), 22, std::string(4, '\0'));
    const uint32_t crc = ogg_crc(page);
    for (int i = 0; i < 4; ++i) page[size_t{22} + static_cast<size_t>(i)] = static_cast<char>(crc >> (8 * i));
    expect_what_is_there(bytes.substr(0, last) + page, 2048);
  }
}

TEST_F(LyingHeader, OfAnMp3IsNotTrusted) {
  const std::string bytes = honest(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  const size_t xing = bytes.find("Xing") != std::string::npos ? after(bytes, "Xing") : after(bytes, "Info");
  expect_what_is_there(patched(bytes, xing + 4, "\x0F\xFF\xFF\xFF"), 2304);
}

}  // namespace
}  // namespace foldwave::audio
