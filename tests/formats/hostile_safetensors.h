// Files that are not safetensors, and what is said of each; the fuzzing of the reader starts from them too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foldwave::formats {

struct HostileFile {
  std::string what;
  std::string bytes;
  std::string complaint;
};

inline std::string with_length(uint64_t header_bytes, const std::string& rest) {
  return std::string(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes) + rest;
}

inline std::string file_with(const std::string& header, const std::string& payload = "") {
  return with_length(header.size(), header + payload);
}

inline std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

// The tensor 't' in four bytes of data.
inline std::string file_of(const std::string& t) { return file_with("{\"t\":" + t + "}", std::string(4, '\0')); }

// Of entries in eight bytes of data.
inline std::string file_of(const std::string& key_a, const std::string& a, const std::string& key_b,
                           const std::string& b) {
  return file_with("{\"" + key_a + "\":" + a + ",\"" + key_b + "\":" + b + "}", std::string(8, '\0'));
}

inline std::string repeated(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

inline std::vector<HostileFile> files_with_a_hostile_length() {
  return {
      {"empty", "", "0 bytes, too short"},
      {"too short", "\1\2", "too short"},
      {"header of nothing", file_with(""), "not JSON"},
      {"header beyond the file", file_with("{}").substr(0, 9), "a header of 2 bytes, where at most 1"},
      {"length of 2^63 bytes", with_length(uint64_t{1} << 63U, "{}"), "a header of 9223372036854775808 bytes"},
      {"length that wraps to 2", with_length(UINT64_MAX - 5, "{}"), "a header of 18446744073709551610 bytes"},
      {"length of 2^64 - 1 bytes", with_length(UINT64_MAX, "{}"), "a header of 18446744073709551615 bytes"},
  };
}

inline std::vector<HostileFile> files_with_hostile_json() {
  return {
      {"header of spaces", file_with("        "), "not JSON"},
      {"not JSON", file_with("{,}"), "not JSON"},
      {"not an object", file_with("[1]"), "not a JSON object"},
      {"not UTF-8", file_with("{\"\xff\":1}"), "not JSON"},
      {"half a surrogate", file_with(R"({"\ud800":1})"), "not JSON"},
      {"two objects", file_with("{}{}"), "not JSON"},
      {"null byte behind", file_with(std::string("{}\0{}", 5)), "not JSON"},
      {"null byte in a name", file_with(std::string("{\"\0\":1}", 7)), "not JSON"},
      {"space before", file_with(" {}"), "does not begin with {"},
      {"byte order mark before", file_with("\xef\xbb\xbf{}"), "does not begin with {"},
      {"comment", file_with("{/**/}"), "not JSON"},
      {"deep nesting", file_with(std::string(100000, '[') + std::string(100000, ']')), "nested deeper"},
      {"deep nesting of objects", file_with(repeated(1000, "{\"a\":") + "1" + repeated(1000, "}")), "nested deeper"},
  };
}

inline std::vector<HostileFile> files_with_hostile_names() {
  const std::string low = entry("F32", "[1]", "[0,4]"), high = entry("F32", "[1]", "[4,8]");
  return {
      {"a name twice", file_of("t", low, "t", high), "'t' is in the header twice"},
      {"a name twice, once escaped", file_of("t", low, R"(\u0074)", high), "'t' is in the header twice"},
      {"an escaped name twice", file_of(R"(a\/\u00e9)", low, "a/\u00e9", high), R"('a/\u00e9' is in the header twice)"},
      {"a field twice", file_of(R"({"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
       "'dtype' is in the header twice"},
      {"metadata twice", file_with(R"({"__metadata__":{},"__metadata__":{}})"),
       "'__metadata__' is in the header twice"},
      {"a key of metadata twice", file_with(R"({"__metadata__":{"a":"1","a":"2"}})"), "'a' is in the header twice"},
      {"metadata not an object", file_with(R"({"__metadata__":"a"})"), "__metadata__ is not an object"},
      {"metadata not text", file_with(R"({"__metadata__":{"a":1}})"), "__metadata__ 'a' is not text"},
      {"metadata that are a tensor", file_with("{\"__metadata__\":" + low + "}", "...."), "is not text"},
      {"unprintable name", file_with(R"({"a\u0000\n\u001b[2J":1})"), R"(tensor 'a\u0000\n\u001b[2J' is not described)"},
      {"endless name", file_with("{\"" + std::string(5000, 'a') + "\":1}"), "aaa...' is not described"},
      {"endless value", file_of("{\"dtype\":[" + repeated(5000, "1,") + "1]}"), "unknown dtype [1,1,"},
  };
}

inline std::vector<HostileFile> files_with_hostile_tensors() {
  const auto with_shape = [](const std::string& shape) { return file_of(entry("F32", shape, "[0,4]")); };
  const auto empty_with_shape = [](const std::string& shape) {
    return file_with("{\"t\":" + entry("F32", shape, "[0,0]") + "}");
  };
  return {
      {"tensor not an object", file_of("3"), "'t' is not described by an object"},
      {"no dtype", file_of(R"({"shape":[1],"data_offsets":[0,4]})"), "has no dtype"},
      {"unknown dtype", file_of(entry("Q9", "[1]", "[0,4]")), "unknown dtype \"Q9\""},
      {"dtype in small letters", file_of(entry("f32", "[1]", "[0,4]")), "unknown dtype \"f32\""},
      {"dtype of half a byte", file_of(entry("F4", "[8]", "[0,4]")), "unknown dtype \"F4\""},
      {"dtype of six bits", file_of(entry("F6_E2M3", "[4]", "[0,3]")), "unknown dtype \"F6_E2M3\""},
      {"no shape", file_of(R"({"dtype":"F32","data_offsets":[0,4]})"), "has no shape"},
      {"shape not a list", with_shape("1"), "shape is not a list"},
      {"negative size", with_shape("[-1]"), "not a size"},
      {"negative zero", with_shape("[-0]"), "not a size"},
      {"fractional size", with_shape("[1.0]"), "not a size"},
      {"exponent", with_shape("[1e0]"), "not a size"},
      {"size as text", with_shape("[\"1\"]"), "not a size"},
      {"huge size", with_shape("[18446744073709551615]"), "overflows"},
      {"size beyond 2^64", with_shape("[18446744073709551617]"), "not a size"},
      {"overflow to 4 bytes", with_shape("[4611686018427387905,4]"), "overflows"},
      {"overflow to 0 bytes", empty_with_shape("[4611686018427387904,4]"), "overflows"},
      {"overflow before a 0", empty_with_shape("[4611686018427387904,4,0]"), "overflows"},
      {"overflow behind a 0", empty_with_shape("[0,4611686018427387904,4]"), "overflows"},
      {"many dimensions", with_shape("[" + repeated(1000, "2,") + "2]"), "overflows"},
  };
}

inline std::vector<HostileFile> files_with_hostile_offsets() {
  const auto at = [](const std::string& offsets) { return file_of(entry("F32", "[1]", offsets)); };
  const std::string low = entry("F32", "[1]", "[0,4]"), high = entry("F32", "[1]", "[4,8]");
  const std::string nothing_at_2 = entry("F32", "[0]", "[2,2]");
  return {
      {"no offsets", file_of(R"({"dtype":"F32","shape":[1]})"), "has no data_offsets"},
      {"offsets not a list", at("{\"0\":4}"), "data_offsets is not a list"},
      {"fractional offset", at("[0.0,4]"), "not a size"},
      {"exponent", at("[0,4e0]"), "not a size"},
      {"offset as text", at("[0,\"4\"]"), "not a size"},
      {"negative offset", at("[-4,0]"), "not a size"},
      {"offset beyond 2^64", at("[0,18446744073709551620]"), "not a size"},
      {"offset of 2^64 - 1", at("[0,18446744073709551615]"), "outside the file's 4 bytes"},
      {"data cut short", file_of(entry("F32", "[2]", "[0,8]")), "outside the file's 4 bytes"},
      {"offsets backwards", at("[4,0]"), "outside the file's"},
      {"one offset", at("[0]"), "outside the file's"},
      {"three offsets", at("[0,4,4]"), "outside the file's"},
      {"size and shape differ", at("[0,3]"), "3 bytes, where its shape needs 4"},
      {"hole at the start", file_with("{\"t\":" + high + "}", std::string(8, '\0')), "begins at byte 4"},
      {"bytes left over", file_with("{\"t\":" + low + "}", std::string(8, '\0')), "end at byte 4 of 8"},
      {"bytes left over by nothing", file_with("{}", "a"), "end at byte 0 of 1"},
      {"the same bytes twice", file_of("a", low, "b", low), "begins at byte 0, where the one before ends at 4"},
      {"overlap", file_of("a", entry("F32", "[2]", "[0,8]"), "b", high), "begins at byte 4"},
      {"an empty tensor inside another", file_of("a", entry("F32", "[2]", "[0,8]"), "b", nothing_at_2),
       "begins at byte 2, where the one before ends at 8"},
  };
}

inline std::vector<HostileFile> hostile_safetensors() {
  std::vector<HostileFile> all;
  for (const auto& some : {files_with_a_hostile_length(), files_with_hostile_json(), files_with_hostile_names(),
                           files_with_hostile_tensors(), files_with_hostile_offsets()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace foldwave::formats
