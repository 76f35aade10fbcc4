#include "foldwave/formats/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "foldwave/core/errors.h"
#include "temporary_folder.h"

namespace foldwave::formats {
namespace {

template <class T>
TensorBytes tensor(const std::string& name, const std::string& dtype, const std::vector<int64_t>& shape,
                   const std::vector<T>& values) {
  return {name, dtype, shape, std::as_bytes(std::span(values))};
}

std::string file_with(const std::string& header, const std::string& payload = "") {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + payload;
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  put(folder / "w.safetensors", bytes);
  return message_of<InputError>([&] { SafetensorsFile(folder / "w.safetensors"); });
}

const std::vector<float> weights = {1, -2, 3.5f, 0, 5, 6};
const std::vector<int64_t> steps = {1234567890123};
const std::vector<uint8_t> odd = {1, 2, 3};

TEST(Safetensors, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  write_safetensors(folder / "w",
                    {tensor("odd", "U8", {3}, odd), tensor("b.weight", "F32", {2, 3}, weights),
                     tensor("steps", "I64", {}, steps), tensor<float>("empty", "F32", {0, 7}, {})},
                    {{"backbone", "resnet18"}, {"classes", "[\"a\",\"\\u00e9\"]"}});
  const SafetensorsFile file(folder / "w");
  ASSERT_EQ(file.tensors().size(), 4u);
  const auto* b = file.find("b.weight");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(b->bytes.data(), weights.data(), b->bytes.size()), 0);
  EXPECT_EQ(file.find("steps")->bytes.size(), 8u);
  EXPECT_EQ(file.find("empty")->bytes.size(), 0u);
  EXPECT_EQ(file.find("nothing"), nullptr);
  EXPECT_EQ(file.metadata().at("backbone"), "resnet18");
}

TEST(Safetensors, AlignsHeaderAndTensors) {
  const TemporaryFolder folder;
  write_safetensors(folder / "w",
                    {tensor("odd", "U8", {3}, odd), tensor("w", "F32", {6}, weights), tensor("n", "I64", {1}, steps)},
                    {});
  uint64_t length = 0;
  std::memcpy(&length, bytes_of(folder / "w").data(), 8);
  EXPECT_EQ(length % 8, 0u);
  const SafetensorsFile file(folder / "w");
  EXPECT_EQ(file.tensors()[0].name, "n");
  EXPECT_EQ(file.tensors()[1].name, "w");
  EXPECT_EQ(file.tensors()[2].name, "odd");
}

TEST(Safetensors, EqualContentsGiveEqualBytes) {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b"})
    write_safetensors(folder / name, {tensor("w", "F32", {6}, weights)}, {{"z", "1"}, {"a", "2"}});
  EXPECT_EQ(bytes_of(folder / "a"), bytes_of(folder / "b"));
}

TEST(Safetensors, WritingHoldsToTheRulesOfReading) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_safetensors(folder / "w", {tensor("w", "F32", {5}, weights)}, {}), SystemError);
  EXPECT_THROW(write_safetensors(folder / "w", {tensor("w", "F31", {6}, weights)}, {}), SystemError);
  EXPECT_THROW(
      write_safetensors(folder / "w", {tensor("w", "F32", {6}, weights), tensor("w", "F32", {6}, weights)}, {}),
      SystemError);
  EXPECT_THROW(write_safetensors(folder / "w", {}, {{"name", "\xe9"}}), SystemError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

struct Hostile {
  const char* what;
  std::string bytes;
  const char* complaint;
};

TEST(Safetensors, RefusesHostileFiles) {
  const std::string four(4, '\0'), eight(8, '\0');
  const auto one = [&](const std::string& info) { return file_with("{\"t\":" + info + "}", four); };
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  const std::vector<Hostile> table = {
      {"too short", "\1\2", "too short"},
      {"header beyond the file", file_with("{}").substr(0, 9), "a header of 2 bytes, where at most 1"},
      {"header of 2^63 bytes", std::string("\0\0\0\0\0\0\0\x80{}", 10), "a header of 9223372036854775808 bytes"},
      {"not JSON", file_with("{,}"), "not JSON"},
      {"not an object", file_with("[1]"), "not a JSON object"},
      {"not UTF-8", file_with("{\"\xff\":1}"), "not JSON"},
      {"deep nesting", file_with(deep), "nested deeper"},
      {"tensor not an object", one("3"), "'t' is not described by an object"},
      {"no dtype", one(R"({"shape":[1],"data_offsets":[0,4]})"), "has no dtype"},
      {"unknown dtype", one(R"({"dtype":"Q9","shape":[1],"data_offsets":[0,4]})"), "unknown dtype \"Q9\""},
      {"no shape", one(R"({"dtype":"F32","data_offsets":[0,4]})"), "has no shape"},
      {"no offsets", one(R"({"dtype":"F32","shape":[1]})"), "has no data_offsets"},
      {"negative size", one(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), "not a size"},
      {"fractional size", one(R"({"dtype":"F32","shape":[1.0],"data_offsets":[0,4]})"), "not a size"},
      {"huge size", one(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]})"), "overflows"},
      {"overflowing shape", one(R"({"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,4]})"),
       "overflows"},
      {"offsets beyond", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), "outside the file's 4 bytes"},
      {"offsets backwards", one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), "outside the file's"},
      {"three offsets", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})"), "outside the file's"},
      {"size and shape differ", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,3]})"),
       "3 bytes, where its shape needs 4"},
      {"hole at the start", file_with(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", eight),
       "begins at byte 4"},
      {"bytes left over", file_with(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", eight),
       "end at byte 4 of 8"},
      {"overlap",
       file_with(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           eight),
       "begins at byte 4"},
      {"a name twice",
       file_with(
           R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           eight),
       "'t' is in the header twice"},
      {"a field twice", one(R"({"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
       "'dtype' is in the header twice"},
      {"metadata twice", file_with(R"({"__metadata__":{"a":"1","a":"2"}})"), "'a' is in the header twice"},
      {"metadata not text", file_with(R"({"__metadata__":{"a":1}})"), "is not text"},
  };
  for (const auto& hostile : table) {
    const std::string message = error_of(hostile.bytes);
    EXPECT_NE(message.find(hostile.complaint), std::string::npos) << hostile.what << ": " << message;
    EXPECT_NE(message.find("w.safetensors"), std::string::npos) << hostile.what << ": " << message;
  }
}

}  // namespace
}  // namespace foldwave::formats
