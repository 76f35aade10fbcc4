// spdlog was looked at: a rank needs one small file, written through at every line, whose failures are nobody's, and no
// more.
#include "foldwave/core/log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stdexcept>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave {
namespace {

constexpr size_t kMostWaiting = 1000;  // lines that are kept until there is a file

// Never destroyed: threads that are not waited for may speak after main().
struct State {
  std::mutex mutex;
  LogLevel least = LogLevel::info;
  std::string stage = "start";
  std::vector<std::string> waiting;
  int fd = -1;
  bool opened = false;
};
State& state() {
  static auto* const only = new State;
  return *only;
}

std::string now_text() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto whole = std::chrono::time_point_cast<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     (now - whole).count());
}

const char* word_of(LogLevel level) {
  return level == LogLevel::outcome ? "info" : log_level_names()[static_cast<size_t>(level)].c_str();
}

// With the mutex held. One write a line, so that lines of a rank that dies are whole.
void put(const std::string& line) {
  State& log = state();
  if (log.fd >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(log.fd, line.data(), line.size());  // a help, not a condition
  } else if (!log.opened && log.waiting.size() < kMostWaiting) {
    log.waiting.push_back(line);
  }
}

}  // namespace

const std::vector<std::string>& log_level_names() {
  static const std::vector<std::string> names{"debug", "info", "warning", "error"};
  return names;
}

LogLevel log_level(const std::string& name) {
  const auto& names = log_level_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw std::logic_error("no log level " + name);
  return static_cast<LogLevel>(found - names.begin());
}

void Log::keep_from(LogLevel least) {
  const std::lock_guard lock(state().mutex);
  state().least = least;
}

void Log::enter(const std::string& what) {
  const std::lock_guard lock(state().mutex);
  state().stage = what;
}

void Log::open(const std::filesystem::path& file, const std::string& title) {
  State& log = state();
  const std::lock_guard lock(log.mutex);
  if (log.fd >= 0) ::close(log.fd);
  try {
    make_directories(file.parent_path());
  } catch (const Error&) {
    // open() will say no
  }
  log.fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  log.opened = true;
  put(title + "\n");
  for (const std::string& line : log.waiting) put(line);
  log.waiting.clear();
}

void Log::say(LogLevel level, std::string_view message) {
  State& log = state();
  const std::lock_guard lock(log.mutex);
  if (level < log.least) return;
  const std::string head = fmt::format("{} {:<7} {:<8} ", now_text(), word_of(level), log.stage);
  for (size_t begin = 0; begin < message.size();) {
    const size_t end = std::min(message.find('\n', begin), message.size());
    if (end > begin) put(fmt::format("{}{}\n", head, message.substr(begin, end - begin)));
    begin = end + 1;
  }
}

}  // namespace foldwave
