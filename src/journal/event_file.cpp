#include "journal/event_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/tenure.h"

namespace foldwave::journal {

EventFile::EventFile(const std::filesystem::path& path)
    : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) throw SystemError("opening '" + path.string() + "'", errno);
}

EventFile::~EventFile() { ::close(fd_); }

void EventFile::append(const nlohmann::ordered_json& event) {
  const std::string line = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  if (torn_) throw SystemError("'" + path_.string() + "' ends with half a line that could not be taken back");
  Tenure::check();
  const off_t before = ::lseek(fd_, 0, SEEK_END);
  for (size_t begin = 0; begin < line.size();) {
    const ssize_t n = ::write(fd_, line.data() + begin, line.size() - begin);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int cause = errno;
      if (::ftruncate(fd_, before) != 0) torn_ = true;  // a half line must not swallow the next one
      throw SystemError("writing '" + path_.string() + "'", cause);
    }
    begin += static_cast<size_t>(n);
  }
  if (::fdatasync(fd_) != 0 && errno != EINVAL) throw SystemError("syncing '" + path_.string() + "'", errno);
}

std::vector<nlohmann::json> read_events(const std::filesystem::path& path,
                                        const std::function<void(const std::string& place)>& damaged) {
  const std::string text = read_file(path);
  std::vector<nlohmann::json> events;
  int number = 1;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;  // torn: its writer died in the middle of it
    nlohmann::json event = nlohmann::json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (event.is_object())
      events.push_back(std::move(event));
    else
      damaged("journal '" + path.string() + "' line " + std::to_string(number));
    begin = end + 1;
  }
  return events;
}

nlohmann::json first_event(const std::filesystem::path& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
  return event.is_object() ? event : nlohmann::json();
}

int64_t launch_number(const nlohmann::json& first) {
  const auto found = first.is_object() ? first.find("number") : first.end();
  return found != first.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::vector<std::filesystem::path> journal_files(const std::filesystem::path& run_directory) {
  const auto folder = run_directory / "journal";
  std::vector<std::filesystem::path> files;
  try {
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  } catch (const std::filesystem::filesystem_error& error) {
    throw SystemError("'" + folder.string() + "' cannot be listed: " + error.code().message());
  }
  return files;
}

}  // namespace foldwave::journal
