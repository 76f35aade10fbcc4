#include "foldwave/formats/tensorboard.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "foldwave/core/errors.h"
#include "foldwave/formats/crc32c.h"
#include "temporary_folder.h"

namespace foldwave::formats {
namespace {

// A plain CRC32C, bit by bit, to hold isa-l's against.
uint32_t plain_crc32c(const std::string& bytes) {
  uint32_t crc = ~0u;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u);
  }
  return ~crc;
}

template <class T>
T number_at(const std::string& bytes, size_t position) {
  T number;
  std::memcpy(&number, bytes.data() + position, sizeof number);
  return number;
}

// The payloads of TFRecords, whose checksums are checked.
std::vector<std::string> records_of(const std::string& bytes) {
  const auto masked = [](const std::string& text) { return std::rotr(plain_crc32c(text), 15) + 0xa282ead8u; };
  std::vector<std::string> payloads;
  for (size_t at = 0; at < bytes.size();) {
    const auto length = number_at<uint64_t>(bytes, at);
    EXPECT_EQ(number_at<uint32_t>(bytes, at + 8), masked(bytes.substr(at, 8)));
    payloads.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(number_at<uint32_t>(bytes, at + 12 + length), masked(payloads.back()));
    at += 16 + length;
  }
  return payloads;
}

TEST(Crc32c, HasTheCheckValueOfItsStandard) {
  const std::string digits = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(digits))), 0xe3069283u);
  EXPECT_EQ(crc32c({}), 0u);
  const auto parts = std::as_bytes(std::span(digits));
  EXPECT_EQ(crc32c(parts.subspan(4), crc32c(parts.first(4))), 0xe3069283u);
}

TEST(EventWriter, WritesAVersionAndThenEachScalar) {
  const TemporaryFolder folder;
  EventWriter writer(folder / "events");
  writer.scalar("val/f1", 3, 0.5f, 1000.25);
  writer.flush();
  const auto records = records_of(bytes_of(folder / "events"));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_NE(records[0].find("brain.Event:2"), std::string::npos);
  std::string expected = "\x09........\x10\x03\x2a\x0f\x0a\x0d\x0a\x06val/f1\x15....";
  const double wall_time_s = 1000.25;
  const float value = 0.5f;
  std::memcpy(expected.data() + 1, &wall_time_s, 8);
  std::memcpy(expected.data() + expected.size() - 4, &value, 4);
  EXPECT_EQ(records[1], expected);
}

TEST(EventWriter, TellsTensorBoardWhatToForget) {
  const TemporaryFolder folder;
  EventWriter(folder / "events").take_back_from(5, 1000.25);
  const auto records = records_of(bytes_of(folder / "events"));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].substr(9), "\x10\x05\x3a\x02\x08\x01");  // step 5, session_log { status: START }
}

TEST(EventWriter, FlushesWhenItGoes) {
  const TemporaryFolder folder;
  EventWriter(folder / "events").scalar("loss", 1, 2, 3);
  EXPECT_EQ(records_of(bytes_of(folder / "events")).size(), 2u);
}

TEST(EventWriter, NamesAFolderThatIsNotThere) {
  const auto message = message_of<SystemError>([] { EventWriter("/no/such/folder/events"); });
  EXPECT_NE(message.find("/no/such/folder/events"), std::string::npos);
}

}  // namespace
}  // namespace foldwave::formats
