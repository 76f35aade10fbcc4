#include "jobs/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "foldwave/core/clock.h"

namespace foldwave::jobs {
namespace {

constexpr double kRedraw_s = 0.1, kLogLine_s = 5;

std::string duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { end_line(); }

void ProgressLine::update(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  const double now = monotonic_s();
  if (progress.stage != stage_) {
    end_line();
    stage_ = progress.stage;
    stage_begin_s_ = now;
    last_shown_s_ = -1e9;
    first_done_ = progress.done;
  }
  const bool complete = progress.done >= progress.total;
  if (!complete && now - last_shown_s_ < (terminal_ ? kRedraw_s : kLogLine_s)) return;
  last_shown_s_ = now;
  const double elapsed = now - stage_begin_s_, made = static_cast<double>(progress.done - first_done_);
  std::string line = fmt::format("{:<8} {}/{} {}", progress.stage, progress.done, progress.total, progress.unit);
  if (made > 0 && elapsed > 0.5) {
    line += fmt::format("  {:.3g}/s", made / elapsed);
    line += complete ? fmt::format("  {} in all", duration(elapsed)) : fmt::format("  ETA {}", duration(elapsed / made * static_cast<double>(progress.total - progress.done)));
  }
  if (!progress.detail.empty()) line += "  " + progress.detail;
  if (terminal_) {
    line.resize(std::min(line.size(), static_cast<size_t>(terminal_width() - 1)));
    fmt::print(stderr, "\r\033[K{}", line);
    line_open_ = true;
    if (complete) end_line();
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

void ProgressLine::note(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  end_line();
  fmt::print(stderr, "{}\n", sentence);
}

void ProgressLine::end_line() {
  if (line_open_) fmt::print(stderr, "\n");
  line_open_ = false;
}

}  // namespace foldwave::jobs
