#include "jobs/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "foldwave/core/clock.h"
#include "jobs/progress_text.h"

namespace foldwave::jobs {
namespace {

constexpr double kRedraw_s = 0.1, kAlive_s = 1, kLogLine_s = 5;
constexpr double kAfterthought_s = 0.3;  // the last item's outcome may come after its count, and change the last line

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
      const double now = monotonic_s();
      if (state_ == State::running && now - drawn_s_ >= (terminal_ ? kAlive_s : kLogLine_s)) draw();
      if (state_ == State::complete && now - end_s_ >= kAfterthought_s) close();
    }
  });
}

ProgressLine::~ProgressLine() {
  clock_.request_stop();
  clock_.join();
  close();
}

void ProgressLine::update(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  const double now = monotonic_s();
  if (progress.stage != now_.stage) {
    close();
    state_ = State::running;
    start_ = progress;
    begin_s_ = now;
    drawn_s_ = -1e9;
  }
  if (state_ == State::idle) return;
  now_ = progress;
  if (state_ == State::running && progress.done >= progress.total) {
    state_ = State::complete;
    end_s_ = now;
  }
  if (state_ == State::running && now - drawn_s_ >= (terminal_ ? kRedraw_s : kLogLine_s)) draw();
}

void ProgressLine::note(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  close();
  fmt::print(stderr, "{}\n", sentence);
}

void ProgressLine::draw() {
  drawn_s_ = monotonic_s();
  std::string text = progress_text(start_, now_, (state_ == State::complete ? end_s_ : drawn_s_) - begin_s_);
  if (terminal_) {
    text.resize(std::min(text.size(), static_cast<size_t>(terminal_width() - 1)));
    fmt::print(stderr, "\r\033[K{}", text);
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", text);
  }
  std::fflush(stderr);
}

void ProgressLine::close() {
  if (state_ == State::complete) {
    draw();
    state_ = State::idle;
  }
  if (line_open_) fmt::print(stderr, "\n");
  line_open_ = false;
}

}  // namespace foldwave::jobs
