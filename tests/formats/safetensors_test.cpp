#include "foldwave/formats/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "foldwave/core/errors.h"
#include "hostile_safetensors.h"
#include "temporary_folder.h"

namespace foldwave::formats {
namespace {

template <class T>
TensorBytes tensor(const std::string& name, const std::string& dtype, const std::vector<int64_t>& shape,
                   const std::vector<T>& values) {
  return {name, dtype, shape, std::as_bytes(std::span(values))};
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

TEST(Safetensors, RefusesHostileFiles) {
  for (const auto& hostile : hostile_safetensors()) {
    const std::string message = error_of(hostile.bytes);
    EXPECT_NE(message.find(hostile.complaint), std::string::npos) << hostile.what << ": " << message;
    EXPECT_NE(message.find("w.safetensors"), std::string::npos) << hostile.what << ": " << message;
    EXPECT_LT(message.size(), 500u) << hostile.what << ": " << message;
  }
}

TEST(Safetensors, RefusesAHeaderBeyondTheLimitOfTheFormat) {
  const TemporaryFolder folder;
  put(folder / "w", with_length(100'000'001, "{}"));
  std::filesystem::resize_file(folder / "w", 8 + 100'000'001);  // null bytes, which no disk holds
  EXPECT_NE(message_of<InputError>([&] {
              SafetensorsFile(folder / "w");
            }).find("a header of 100000001 bytes, where at most 100000000 can be"),
            std::string::npos);
}

TEST(Safetensors, ReadsWhatIsOddButAllowed) {
  const std::string many = "[" + repeated(200, "1,") + "1]";
  const std::vector<std::string> table = {
      file_with("{}"),
      file_with("{}    \n"),
      file_with(R"({"__metadata__":{}})"),
      file_with(R"({"__metadata__":{"":""}})"),
      file_with(R"({"":)" + entry("F32", "[1]", "[0,4]") + "}", "...."),
      file_with(R"({"a\u0000":)" + entry("BOOL", "[]", "[0,1]") + "}", "."),
      file_with(R"({"many dimensions":)" + entry("U8", many, "[0,1]") + "}", "."),
      file_with(R"({"nothing":)" + entry("F64", "[9007199254740992,0]", "[0,0]") + "}"),
      file_of("b", entry("F32", "[1]", "[4,8]"), "a", entry("U16", "[2]", "[0,4]")),
  };
  for (const auto& bytes : table) EXPECT_EQ(error_of(bytes), "(no such error)") << bytes;
}

TEST(Safetensors, ShowsAShapeThatIsNoLongerThanASentence) {
  EXPECT_EQ(shape_text({}), "[]");
  EXPECT_EQ(shape_text(std::vector<int64_t>{64, 3, 7, 7}), "[64, 3, 7, 7]");
  EXPECT_EQ(shape_text(std::vector<int64_t>(4000, 1)), "[1, 1, 1, 1, 1, 1, 1, 1, ... 4000 dimensions]");
}

}  // namespace
}  // namespace foldwave::formats
