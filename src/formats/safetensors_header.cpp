#include "formats/safetensors_header.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "foldwave/core/errors.h"

namespace foldwave::formats {
namespace {

using Json = nlohmann::json;
const std::string metadata_key = "__metadata__";

// The file's own words in a message: short and printable, whatever they are.
std::string shown(const Json& value, size_t longest = 100) {
  std::string ascii = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (ascii.size() > longest) ascii.replace(longest, std::string::npos, value.is_string() ? "...\"" : "...");
  return ascii;
}

std::string without_quotes(const std::string& text) { return text.substr(1, text.size() - 2); }

std::string shown_name(const std::string& name) { return "'" + without_quotes(shown(name)) + "'"; }

// nlohmann's parser keeps the last of two equal keys in silence, and any depth: both are refused while it parses.
class KeyCheck {
 public:
  explicit KeyCheck(std::string file) : file_(std::move(file)) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > 3) throw InputError(file_ + ": the header is nested deeper than a safetensors header");
    if (event == Json::parse_event_t::object_start) seen_[static_cast<size_t>(depth)].clear();
    if (event == Json::parse_event_t::key)
      require_new(seen_[static_cast<size_t>(depth) - 1], parsed.get<std::string>());
    return true;
  }

 private:
  void require_new(std::set<std::string>& seen, const std::string& key) const {
    if (!seen.insert(key).second) throw InputError(file_ + ": " + shown_name(key) + " is in the header twice");
  }
  std::string file_;
  std::array<std::set<std::string>, 4> seen_;  // keys of the innermost open object at each depth
};

// Also refused: what nlohmann's parser lets pass and others do not, a byte order mark and all that follows a null byte.
Json parse_object(std::string_view json, const std::string& file) {
  if (json.find('\0') != json.npos) throw InputError(file + ": the header is not JSON (it has a null byte)");
  try {
    Json header = Json::parse(json.begin(), json.end(), KeyCheck(file));
    if (!header.is_object()) throw InputError(file + ": the header is not a JSON object");
    if (!json.starts_with("{")) throw InputError(file + ": the header does not begin with {");
    return header;
  } catch (const Json::exception& error) {
    throw InputError(file + ": the header is not JSON (" + without_quotes(shown(error.what(), 200)) + ")");
  }
}

std::map<std::string, std::string> parse_metadata(const Json& json, const std::string& file) {
  if (!json.is_object()) throw InputError(file + ": " + metadata_key + " is not an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) throw InputError(file + ": " + metadata_key + " " + shown_name(key) + " is not text");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

std::vector<uint64_t> parse_sizes(const Json& json, const std::string& what) {
  if (!json.is_array()) throw InputError(what + " is not a list");
  std::vector<uint64_t> sizes;
  for (const auto& size : json) {
    if (!size.is_number_unsigned()) throw InputError(what + " holds " + shown(size) + ", which is not a size");
    sizes.push_back(size.get<uint64_t>());
  }
  return sizes;
}

const Json& member(const Json& entry, const char* key, const std::string& tensor) {
  const auto found = entry.find(key);
  if (found == entry.end()) throw InputError(tensor + " has no " + key);
  return *found;
}

// A size of 0 hides no overflow, wherever it stands: strides are made from the other sizes, as int64.
uint64_t bytes_of_shape(const TensorEntry& entry, const std::string& tensor) {
  auto bytes = static_cast<int64_t>(element_bytes(entry.dtype));
  bool empty = false;
  for (const int64_t size : entry.shape) {
    empty = empty || size == 0;
    if (size != 0 && __builtin_mul_overflow(bytes, size, &bytes))
      throw InputError(tensor + " has a shape that overflows");
  }
  return empty ? 0 : static_cast<uint64_t>(bytes);
}

std::vector<int64_t> parse_shape(const Json& json, const std::string& tensor) {
  std::vector<int64_t> shape;
  for (const uint64_t size : parse_sizes(json, tensor + ": shape")) {
    if (!std::in_range<int64_t>(size)) throw InputError(tensor + " has a shape that overflows");
    shape.push_back(static_cast<int64_t>(size));
  }
  return shape;
}

TensorEntry parse_tensor(const std::string& name, const Json& json, uint64_t data_bytes, const std::string& file) {
  const std::string tensor = file + ": tensor " + shown_name(name);
  if (!json.is_object()) throw InputError(tensor + " is not described by an object");
  const Json& dtype = member(json, "dtype", tensor);
  if (!dtype.is_string() || element_bytes(dtype.get<std::string>()) == 0)
    throw InputError(tensor + " has the unknown dtype " + shown(dtype));
  const auto offsets = parse_sizes(member(json, "data_offsets", tensor), tensor + ": data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_bytes) {
    throw InputError(tensor + " has data_offsets outside the file's " + std::to_string(data_bytes) + " bytes of data");
  }
  TensorEntry entry{name, dtype.get<std::string>(), parse_shape(member(json, "shape", tensor), tensor), offsets[0],
                    offsets[1]};
  const uint64_t expected = bytes_of_shape(entry, tensor);
  if (entry.end - entry.begin != expected) {
    throw InputError(tensor + " has " + std::to_string(entry.end - entry.begin) + " bytes, where its shape needs " +
                     std::to_string(expected));
  }
  return entry;
}

void require_gapless(const std::vector<TensorEntry>& tensors, uint64_t data_bytes, const std::string& file) {
  uint64_t end = 0;
  for (const auto& tensor : tensors) {
    if (tensor.begin != end) {
      throw InputError(file + ": tensor " + shown_name(tensor.name) + " begins at byte " +
                       std::to_string(tensor.begin) + ", where the one before ends at " + std::to_string(end));
    }
    end = tensor.end;
  }
  if (end != data_bytes) {
    throw InputError(file + ": the tensors end at byte " + std::to_string(end) + " of " + std::to_string(data_bytes) +
                     " bytes of data");
  }
}

}  // namespace

uint64_t element_bytes(const std::string& dtype) {
  static const std::map<std::string, uint64_t> bytes = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"F64", 8},     {"I64", 8}, {"U64", 8}};
  const auto found = bytes.find(dtype);
  return found == bytes.end() ? 0 : found->second;
}

SafetensorsHeader parse_safetensors_header(std::string_view json, uint64_t data_bytes, const std::string& file) {
  SafetensorsHeader header;
  const Json object = parse_object(json, file);
  for (const auto& [name, value] : object.items()) {
    if (name == metadata_key) {
      header.metadata = parse_metadata(value, file);
    } else {
      header.tensors.push_back(parse_tensor(name, value, data_bytes, file));
    }
  }
  // By end too: an empty tensor lies where its neighbours meet.
  std::stable_sort(header.tensors.begin(), header.tensors.end(),
                   [](const auto& a, const auto& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  require_gapless(header.tensors, data_bytes, file);
  return header;
}

std::string to_json(const SafetensorsHeader& header) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json[metadata_key] = header.metadata;
  for (const auto& tensor : header.tensors) {
    json[tensor.name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string text = json.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace foldwave::formats
