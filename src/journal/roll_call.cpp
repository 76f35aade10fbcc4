#include "foldwave/journal/roll_call.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/core/last_mark.h"

namespace foldwave::journal {
namespace {

constexpr size_t kLine = 96;  // bytes of a rank; a host name has at most 64
constexpr size_t kNamed = 8;  // more are counted

std::filesystem::path roll_of(const std::filesystem::path& run_directory, const std::string& launch) {
  return run_directory / "journal" / (launch + ".ranks");
}

std::filesystem::path silent_of(const std::filesystem::path& run_directory) {
  return run_directory / "journal" / "silent";
}

std::filesystem::path lost_group_of(const std::filesystem::path& run_directory) {
  return run_directory / "journal" / "lost-group";
}

void leave(const std::filesystem::path& note, const std::string& text) {
  try {
    publish(note, text);
  } catch (const Error&) {
    // The roll is a help, not a condition.
  }
}

}  // namespace

void note_silent(const std::filesystem::path& run_directory, int rank, const std::string& who) {
  leave(silent_of(run_directory), fmt::format("rank {} on {}", rank, who));
}

void note_lost_group(const std::filesystem::path& run_directory, const std::string& why) {
  leave(lost_group_of(run_directory), why + "\n");
}

void forget_silent(const std::filesystem::path& run_directory) {
  std::error_code error;
  std::filesystem::remove(silent_of(run_directory), error);
  std::filesystem::remove(lost_group_of(run_directory), error);
}

RollCall::RollCall(const std::filesystem::path& run_directory, const std::string& launch, int rank)
    : fd_(::open(roll_of(run_directory, launch).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
  std::string line = fmt::format("{} {} {}", LastMark::kAlive, host_name().substr(0, 64), getpid());
  line.resize(kLine - 1, ' ');
  const auto offset = static_cast<off_t>(kLine) * rank;
  if (fd_ < 0 || ::pwrite(fd_, (line + "\n").data(), kLine, offset) != static_cast<ssize_t>(kLine)) return;
  LastMark::keep(fd_, offset);
}

RollCall::~RollCall() {
  LastMark::set(LastMark::kLeft);
  LastMark::keep(-1, 0);
  if (fd_ >= 0) ::close(fd_);
}

std::string lost_ranks(const std::filesystem::path& run_directory, const LaunchRecord& launch) {
  // Of launches that share the run the note does not tell whose it is.
  if (launch.part.empty() && std::filesystem::exists(silent_of(run_directory)))
    return read_file(silent_of(run_directory));
  const auto path = roll_of(run_directory, launch.id);
  if (!std::filesystem::exists(path)) return "";
  const std::string text = read_file(path);
  std::vector<std::string> lost;
  size_t present = 0;
  for (size_t begin = 0; begin + kLine <= text.size(); begin += kLine) {
    std::istringstream line(text.substr(begin, kLine));
    std::string mark, host, process;
    line >> mark >> host >> process;
    if (process.empty()) continue;
    ++present;
    if (mark[0] == LastMark::kAlive)
      lost.push_back(fmt::format("rank {} on {} (process {})", begin / kLine, host, process));
  }
  if (lost.empty()) return "";
  if (lost.size() == present && present > 1) return fmt::format("all {} ranks at once", present);
  const size_t more = lost.size() > kNamed ? lost.size() - kNamed : 0;
  lost.resize(lost.size() - more);
  return fmt::format("{}{}", fmt::join(lost, ", "), more ? fmt::format(" and {} more", more) : "");
}

}  // namespace foldwave::journal
