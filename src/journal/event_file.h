// A file of one JSON object a line, each on disk before append() returns.
#pragma once

#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

namespace foldwave::journal {

class EventFile {
 public:
  explicit EventFile(const std::filesystem::path& path);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;
  void append(const nlohmann::ordered_json& event);

 private:
  std::filesystem::path path_;
  std::mutex mutex_;
  int fd_;
  bool torn_ = false;
};

// Whole lines that are JSON objects; a torn last line is left out, any other damage is SystemError.
std::vector<nlohmann::json> read_events(const std::filesystem::path& path);

}  // namespace foldwave::journal
