#include "jobs/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
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

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {
  clock_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      const std::lock_guard lock(mutex_);
      const double pause_s = terminal_ ? 1 : kLogLine_s;
      if (!progress_.stage.empty() && !complete_ && monotonic_s() - shown_s_ >= pause_s) show();
    }
  });
}

ProgressLine::~ProgressLine() {
  clock_.request_stop();
  clock_.join();
  end_line();
}

void ProgressLine::update(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  const double now = monotonic_s();
  if (progress.stage != progress_.stage) {
    end_line();
    begin_s_ = now;
    shown_s_ = -1e9;
    first_done_ = progress.done;
    first_work_ = progress.work_done;
    complete_ = false;
  }
  progress_ = progress;
  const bool completes = progress.done >= progress.total && !complete_;
  if (complete_ || (!completes && now - shown_s_ < (terminal_ ? kRedraw_s : kLogLine_s))) return;
  complete_ = completes;
  show();
}

std::string ProgressLine::line() const {
  const Progress& p = progress_;
  const double elapsed = monotonic_s() - begin_s_, made = static_cast<double>(p.done - first_done_);
  const double worked = p.work_total > 0 ? p.work_done - first_work_ : made;
  const double left = p.work_total > 0 ? p.work_total - p.work_done : static_cast<double>(p.total - p.done);
  std::string text = fmt::format("{:<8} {}/{} {}", p.stage, p.done, p.total, p.unit);
  if (made > 0 && elapsed > 0.5) {
    text += fmt::format("  {:.3g}/s", made / elapsed);
    text += complete_ ? fmt::format("  {} in all", duration(elapsed))
                      : fmt::format("  ETA {}", duration(elapsed / worked * left));
  }
  return p.detail.empty() ? text : text + "  " + p.detail;
}

void ProgressLine::show() {
  shown_s_ = monotonic_s();
  std::string text = line();
  if (terminal_) {
    text.resize(std::min(text.size(), static_cast<size_t>(terminal_width() - 1)));
    fmt::print(stderr, "\r\033[K{}", text);
    line_open_ = true;
    if (complete_) end_line();
  } else {
    fmt::print(stderr, "{}\n", text);
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
