// A file of one JSON object a line, each on disk before append() returns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
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

// Whole lines that are JSON objects. A torn last line is left out in silence; of any other damage `damaged` is told, by
// file and line, and where it returns, the line is left out.
std::vector<nlohmann::json> read_events(const std::filesystem::path& path,
                                        const std::function<void(const std::string& place)>& damaged);
nlohmann::json first_event(const std::filesystem::path& path);  // null where it cannot be told
int64_t launch_number(const nlohmann::json& first);             // 1 .. in the order of launches; 0: not told
// None where there is no such folder. What cannot be listed must not pass for a run without a past.
std::vector<std::filesystem::path> journal_files(const std::filesystem::path& run_directory);

}  // namespace foldwave::journal
