#include "foldwave/formats/hdf5.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "foldwave/core/errors.h"
#include "temporary_folder.h"

namespace foldwave::formats {
namespace {

void write_example(const std::filesystem::path& path) {
  auto file = Hdf5File::create(path);
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  file.write<float>("/x", values, {3, 2});
  file.write_strings("/song_id", {"007", "", "caf\xc3\xa9"});
  file.set_attribute("/", "format", std::string("example"));
  file.set_attribute("/x", "columns", std::vector<std::string>{"left", "right"});
  file.set_attribute("/", "rate", 22050.5);
  file.set_attribute("/", "count", int64_t{3});
  const std::vector<double> large(5000, 0.5);
  file.write<double>("/large", large, {5000});
  file.close();
}

template <class T>
void expect_round_trip(const std::vector<T>& values) {
  const TemporaryFolder folder;
  auto file = Hdf5File::create(folder / "x.h5");
  file.write<T>("/x", std::span<const T>(values), {values.size()});
  file.close();
  EXPECT_EQ(Hdf5File::open(folder / "x.h5").read<T>("/x"), values);
}

TEST(Hdf5, ReadsBackEveryElementType) {
  expect_round_trip<float>({1.5f, -0.0f});
  expect_round_trip<double>({1e300});
  expect_round_trip<int16_t>({-32768, 32767});
  expect_round_trip<int32_t>({-5});
  expect_round_trip<int64_t>({INT64_MIN, INT64_MAX});
  expect_round_trip<uint32_t>({UINT32_MAX});
  expect_round_trip<uint64_t>({UINT64_MAX});
  expect_round_trip<float>({});
}

TEST(Hdf5, ReadsBackHalvesAlsoAsFloat) {
  const TemporaryFolder folder;
  const std::vector<Half> halves = {to_half(1.5f), to_half(-80.0f), to_half(0x1p-24f)};
  auto file = Hdf5File::create(folder / "x.h5");
  file.write<Half>("/x", halves, {3});
  file.close();
  const auto again = Hdf5File::open(folder / "x.h5");
  EXPECT_EQ(again.read<Half>("/x")[1].bits, halves[1].bits);
  EXPECT_EQ(again.read<float>("/x"), (std::vector<float>{1.5f, -80, 0x1p-24f}));
}

TEST(Hdf5, ReadsBackTextShapesAndAttributes) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  const auto file = Hdf5File::open(folder / "x.h5");
  EXPECT_EQ(file.read_strings("/song_id"), (std::vector<std::string>{"007", "", "caf\xc3\xa9"}));
  EXPECT_EQ(file.shape("/x"), (std::vector<uint64_t>{3, 2}));
  EXPECT_EQ(file.text_attribute("/", "format"), "example");
  EXPECT_EQ(file.text_attributes("/x", "columns"), (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(file.number_attribute("/", "rate"), 22050.5);
  EXPECT_EQ(file.number_attribute("/", "count"), 3);
  EXPECT_TRUE(file.has("/x") && !file.has("/y") && file.has_attribute("/x", "columns") &&
              !file.has_attribute("/x", "rows"));
}

TEST(Hdf5, FillsAReservedArrayByRows) {
  const TemporaryFolder folder;
  auto file = Hdf5File::create(folder / "x.h5");
  file.reserve<int32_t>("/x", {3, 2});
  const std::vector<int32_t> last = {5, 6}, first = {1, 2, 3, 4};
  file.write_rows<int32_t>("/x", 2, last);
  file.write_rows<int32_t>("/x", 0, first);
  EXPECT_THROW(file.write_rows<int32_t>("/x", 2, first), SystemError);
  file.close();
  EXPECT_EQ(Hdf5File::open(folder / "x.h5").read<int32_t>("/x"), (std::vector<int32_t>{1, 2, 3, 4, 5, 6}));
}

TEST(Hdf5, ReadsJustTheRowsAskedFor) {
  const TemporaryFolder folder;
  auto file = Hdf5File::create(folder / "x.h5");
  const std::vector<int32_t> values = {1, 2, 3, 4, 5, 6};
  file.write<int32_t>("/x", values, {3, 2});
  file.close();
  const auto again = Hdf5File::open(folder / "x.h5");
  EXPECT_EQ(again.read_rows<int32_t>("/x", 1, 2), (std::vector<int32_t>{3, 4, 5, 6}));
  EXPECT_TRUE(again.read_rows<int32_t>("/x", 3, 0).empty());
  EXPECT_THROW(again.read_rows<int32_t>("/x", 2, 2), SystemError);
}

TEST(Hdf5, FillsAndReadsReservedTextByRows) {
  const TemporaryFolder folder;
  auto file = Hdf5File::create(folder / "x.h5");
  file.reserve_strings("/x", 3, 4);
  file.write_string_rows("/x", 1, {"two", "four"});
  file.write_string_rows("/x", 0, {""});
  EXPECT_THROW(file.write_string_rows("/x", 0, {"seven"}), SystemError);
  EXPECT_THROW(file.write_string_rows("/x", 2, {"a", "b"}), SystemError);
  file.close();
  const auto again = Hdf5File::open(folder / "x.h5");
  EXPECT_EQ(again.read_strings("/x"), (std::vector<std::string>{"", "two", "four"}));
  EXPECT_EQ(again.read_string_rows("/x", 1, 1), (std::vector<std::string>{"two"}));
  EXPECT_EQ(again.longest_string("/x"), 4u);
}

TEST(Hdf5, HoldsThousandsOfColumnNames) {
  const TemporaryFolder folder;
  std::vector<std::string> names;
  for (int i = 0; i < 6000; ++i) names.push_back("mel_" + std::to_string(i) + "_p90");
  auto file = Hdf5File::create(folder / "x.h5");
  file.write<float>("/x", {}, {0, names.size()});
  file.set_attribute("/x", "columns", names);
  file.close();
  EXPECT_EQ(Hdf5File::open(folder / "x.h5").text_attributes("/x", "columns"), names);
}

TEST(Hdf5, PayloadsLieOnPagesAtTheOffsetItNames) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  const uint64_t offset = Hdf5File::open(folder / "x.h5").byte_offset("/large");
  EXPECT_EQ(offset % 4096, 0u);
  double value = 0;
  std::memcpy(&value, bytes_of(folder / "x.h5").data() + offset + 8, sizeof value);
  EXPECT_EQ(value, 0.5);
}

TEST(Hdf5, EqualContentsGiveEqualBytesAtAnyTime) {
  const TemporaryFolder folder;
  write_example(folder / "a.h5");
  usleep(1'100'000);  // object times have a resolution of a second
  write_example(folder / "b.h5");
  EXPECT_EQ(bytes_of(folder / "a.h5"), bytes_of(folder / "b.h5"));
}

TEST(Hdf5, SaysWhichFileIsNotOneOfHdf5) {
  const TemporaryFolder folder;
  put(folder / "text.h5", "not HDF5 at all");
  EXPECT_TRUE(message_of<InputError>([&] { Hdf5File::open(folder / "none.h5"); }).ends_with("none.h5: no such file"));
  EXPECT_TRUE(
      message_of<InputError>([&] { Hdf5File::open(folder / "text.h5"); }).ends_with("text.h5: not an HDF5 file"));
}

TEST(Hdf5, RefusesATruncatedFile) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  std::filesystem::resize_file(folder / "x.h5", std::filesystem::file_size(folder / "x.h5") - 1);
  const auto message = message_of<InputError>([&] { Hdf5File::open(folder / "x.h5"); });
  EXPECT_NE(message.find("x.h5: not a whole HDF5 file (truncated file"), std::string::npos) << message;
}

TEST(Hdf5, NamesWhatAFileDoesNotHold) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  const auto file = Hdf5File::open(folder / "x.h5");
  EXPECT_TRUE(message_of<InputError>([&] { file.read<float>("/y"); }).ends_with("x.h5: has no '/y'"));
  EXPECT_TRUE(
      message_of<InputError>([&] { file.read<float>("/song_id"); }).ends_with("'/song_id' does not hold numbers"));
  EXPECT_TRUE(message_of<InputError>([&] { file.read_strings("/x"); }).ends_with("'/x' does not hold text"));
  EXPECT_TRUE(
      message_of<InputError>([&] { file.text_attribute("/", "none"); }).ends_with("'/' has no attribute 'none'"));
  EXPECT_TRUE(message_of<InputError>([&] { file.number_attribute("/", "format"); }).ends_with("is not one number"));
}

void fill_the_disk() {
  auto file = Hdf5File::create("/dev/full");
  const std::vector<float> values(100000, 1);
  file.write<float>("/x", values, {values.size()});
  file.close();
}

// In a process of its own: HDF5 never gives back what belongs to a file that cannot be closed.
TEST(Hdf5DeathTest, AFullDiskIsASystemErrorThatNamesTheFile) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const auto run = [] {
    std::fputs(message_of<SystemError>(fill_the_disk).c_str(), stderr);
    _exit(7);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(7), "^creating '/dev/full': No space left on device$");
}

TEST(Hdf5, RefusesTextThatIsNotUtf8) {
  const TemporaryFolder folder;
  auto file = Hdf5File::create(folder / "x.h5");
  EXPECT_THROW(file.write_strings("/x", {"\xe9"}), InputError);
  EXPECT_THROW(file.set_attribute("/", "x", std::string("a\0b", 3)), InputError);
}

}  // namespace
}  // namespace foldwave::formats
