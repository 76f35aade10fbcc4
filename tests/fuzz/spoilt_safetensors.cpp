#include "fuzz/spoilt_safetensors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <sstream>

#include "formats/hostile_safetensors.h"

namespace foldwave::fuzz {
namespace {

using formats::entry;
using formats::file_of;
using formats::file_with;
using formats::with_length;

constexpr size_t longest_seed = 4096;  // bytes

struct Parts {
  std::string header, payload;
};

Parts parts_of(const std::string& bytes) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length) return {bytes, ""};
  std::memcpy(&length, bytes.data(), sizeof length);
  length = std::min<uint64_t>(length, bytes.size() - sizeof length);
  return {bytes.substr(sizeof length, length), bytes.substr(sizeof length + length)};
}

size_t below(size_t end, Random& random) { return static_cast<size_t>(random() % end); }

template <class List>
const auto& one_of(const List& list, Random& random) {
  return list[below(list.size(), random)];
}

void spoil_bytes(std::string& bytes, Random& random) {
  const auto place = [&] { return below(bytes.size() + 1, random); };
  const auto anywhere = [&]() -> char& { return bytes[below(bytes.size(), random)]; };
  if (bytes.empty()) bytes = "{";
  const size_t at = place();
  switch (below(6, random)) {
    case 0:  // bits that flipped
      for (size_t flips = 1 + below(4, random); flips > 0; --flips)
        anywhere() ^= static_cast<char>(1U << below(8, random));
      break;
    case 1:  // any byte
      anywhere() = static_cast<char>(below(256, random));
      break;
    case 2:  // an end that is missing
      bytes.resize(at);
      break;
    case 3:  // a part that is missing
      bytes.erase(at, below(32, random));
      break;
    case 4:  // a part that is there twice
      bytes.insert(at, bytes.substr(at, below(128, random)));
      break;
    default:  // another file's end
      const std::string other = parts_of(one_of(safetensors_seeds(), random)).header;
      bytes.replace(at, std::string::npos, other, std::min(at, other.size()), std::string::npos);
  }
}

// Strings, numbers and words of a text that may be JSON; each other character is a token of its own.
std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.'; };
  for (size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    end = begin + 1;
    if (text[begin] == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else if (in_word(text[begin])) {
      while (end < text.size() && in_word(text[end])) ++end;
    }
    tokens.push_back(text.substr(begin, end - begin));
  }
  return tokens;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

const std::string& odd_token(Random& random) {
  static const auto tokens = words_of(R"(
      0 1 2 3 4 8 16 -0 -1 1e3 0.0 1E400 00 2147483648 4294967296 4611686018427387904 9223372036854775807
      9223372036854775808 18446744073709551615 18446744073709551616 null true [ ] { } , : [] {} [0,0] [0,4] /**/
      "" "t" "\u0074" "\u0000" "\ud800" "__metadata__" "dtype" "shape" "data_offsets"
      "F32" "U8" "BOOL" "I64" "F8_E5M2" "BF16" "F4" )");
  return one_of(tokens, random);
}

void spoil_tokens(std::string& json, Random& random) {
  auto tokens = tokens_of(json);
  if (tokens.empty()) return;
  const size_t at = below(tokens.size(), random);
  switch (below(4, random)) {
    case 0: std::swap(tokens[at], tokens[below(tokens.size(), random)]); break;
    case 1: tokens[at] = one_of(tokens, random); break;
    case 2: tokens[at] = odd_token(random); break;
    default: tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(at), odd_token(random));
  }
  json.clear();
  for (const auto& token : tokens) json += token;
}

// As many bytes as some number of the header says.
void fit_payload(Parts& parts, Random& random) {
  const std::string token = one_of(tokens_of(parts.header + "0"), random);
  const uint64_t bytes = std::strtoull(token.c_str(), nullptr, 10);
  if (bytes <= longest_seed) parts.payload.resize(bytes, 'p');
}

uint64_t lying_length(uint64_t length, uint64_t file_bytes, Random& random) {
  const std::array<uint64_t, 12> lies = {0,
                                         length - 1,
                                         length + 1,
                                         length - below(16, random),
                                         length + below(16, random),
                                         file_bytes,
                                         file_bytes - 8,
                                         uint64_t{1} << below(64, random),
                                         100'000'000,
                                         100'000'001,
                                         UINT64_MAX - below(16, random),
                                         random()};
  return one_of(lies, random);
}

struct Dtype {
  const char* name;
  size_t bytes;
};
const auto dtypes =
    std::to_array<Dtype>({{"F32", 4}, {"F64", 8}, {"I64", 8}, {"BF16", 2}, {"F8_E4M3", 1}, {"BOOL", 1}});
const auto name_beginnings = std::to_array<const char*>({"w", "layer1.0.conv1.weight", "", "\\u0000", "\u00e9\\\""});

}  // namespace

std::string sound_safetensors(Random& random) {
  std::vector<std::string> entries;
  size_t end = 0;
  for (size_t left = below(5, random); left > 0; --left) {
    const Dtype& dtype = one_of(dtypes, random);
    size_t bytes = dtype.bytes;
    std::string shape;
    for (size_t rank = below(4, random); rank > 0; --rank) {
      const size_t size = below(5, random);
      shape += (shape.empty() ? "" : ", ") + std::to_string(size);
      bytes *= size;
    }
    const std::string name = one_of(name_beginnings, random) + std::to_string(left);
    const std::string offsets = "[" + std::to_string(end) + "," + std::to_string(end + bytes) + "]";
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(below(entries.size() + 1, random)),
                   "\"" + name + "\":" + entry(dtype.name, "[" + shape + "]", offsets));
    end += bytes;
  }
  if (below(2, random) == 0) entries.emplace_back(R"("__metadata__":{"b":"\u001b","a":""})");
  std::string header;
  for (const auto& each : entries) header += (header.empty() ? "{" : ",") + each;
  header += (header.empty() ? "{}" : "}") + std::string(below(9, random), ' ');
  std::string payload(end, '\0');
  for (char& byte : payload) byte = static_cast<char>(random());
  return file_with(header, payload);
}

const std::vector<std::string>& safetensors_seeds() {
  static const std::vector<std::string> seeds = [] {
    std::vector<std::string> all = {
        file_with("{}"),
        file_with(R"({"__metadata__":{"backbone":"resnet18","a\u00e9":"\"\\\n"}}  )"),
        file_of(entry("F32", "[1]", "[0,4]")),
        file_of(entry("BF16", "[1,2]", "[0,4]")),
        file_of("a", entry("F32", "[1]", "[4,8]"), "b", entry("F8_E5M2", "[2,2]", "[0,4]")),
        file_of("a", entry("I64", "[]", "[0,8]"), "", entry("F16", "[0,7]", "[8,8]")),
        file_with(R"({"__metadata__":{"format":"pt"},"w":)" + entry("F64", "[2,3]", "[0,48]") + R"(,"\u00e9":)" +
                      entry("U16", "[1]", "[48,50]") + R"(,"z":)" + entry("BOOL", "[3]", "[50,53]") + "}   ",
                  std::string(53, 'w'))};
    for (const auto& hostile : formats::hostile_safetensors()) {
      if (hostile.bytes.size() <= longest_seed) all.push_back(hostile.bytes);
    }
    return all;
  }();
  return seeds;
}

std::string spoilt_safetensors(const std::string& bytes, Random& random) {
  Parts parts = parts_of(bytes);
  for (size_t i = 0; i <= below(3, random); ++i) {
    switch (below(8, random)) {
      case 0:
      case 1: spoil_bytes(parts.header, random); break;
      case 2: spoil_bytes(parts.payload, random); break;
      case 3: fit_payload(parts, random); break;
      default: spoil_tokens(parts.header, random);
    }
  }
  std::string spoilt = file_with(parts.header, parts.payload);
  if (below(16, random) == 0)
    spoilt = with_length(lying_length(parts.header.size(), spoilt.size(), random), spoilt.substr(sizeof(uint64_t)));
  if (below(32, random) == 0) spoil_bytes(spoilt, random);
  return spoilt;
}

}  // namespace foldwave::fuzz
