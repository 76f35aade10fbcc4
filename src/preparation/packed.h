// Values on their way between ranks. Binary, because names of files and the words of a reader need not be UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace foldwave::preparation {

inline std::string packed(const nlohmann::json& values) {
  std::string bytes;
  nlohmann::json::to_msgpack(values, bytes);
  return bytes;
}
inline nlohmann::json unpacked(const std::string& bytes) { return nlohmann::json::from_msgpack(bytes); }

}  // namespace foldwave::preparation
