#include "jobs/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "foldwave/core/clock.h"
#include "jobs/progress_text.h"
#include "jobs/terminal.h"

namespace foldwave::jobs {
namespace {

constexpr double kRedraw_s = 0.1, kAlive_s = 1, kLogLine_s = 5;
constexpr double kAfterthought_s = 0.3;  // the last item's outcome may come after its count, and change the last line

// The word that a line begins with: its stage, or "warning:".
std::string with_head(Paint paint, const std::string& text, bool colour) {
  const size_t end = std::min(text.find(' '), text.size());
  return painted(paint, text.substr(0, end), colour) + text.substr(end);
}

std::string sentence_for(LogLevel level, const std::string& sentence, bool colour) {
  if (level == LogLevel::warning) return with_head(Paint::yellow, "warning: " + sentence, colour);
  return level == LogLevel::error ? painted(Paint::red, sentence, colour) : sentence;
}

}  // namespace

ProgressLine::ProgressLine(LogLevel least)
    : least_(least), terminal_(isatty(STDERR_FILENO) == 1), colour_(shows_colour(STDERR_FILENO)) {
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
    drawn_s_ = terminal_ ? -1e9 : now;  // in a log, what takes no time is worth one line
  }
  if (state_ == State::idle) return;
  now_ = progress;
  if (state_ == State::running && progress.done >= progress.total) {
    state_ = State::complete;
    end_s_ = now;
  }
  if (state_ == State::running && now - drawn_s_ >= (terminal_ ? kRedraw_s : kLogLine_s)) draw();
}

void ProgressLine::say(LogLevel level, const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  close();
  Log::say(level, sentence);
  if (level < least_) return;
  fmt::print(stderr, "{}\n", sentence_for(level, sentence, colour_));
  std::fflush(stderr);
}

void ProgressLine::draw() {
  drawn_s_ = monotonic_s();
  if (least_ > LogLevel::info) return;
  std::string text = progress_text(start_, now_, (state_ == State::complete ? end_s_ : drawn_s_) - begin_s_);
  if (terminal_) {
    text.resize(std::min(text.size(), static_cast<size_t>(columns_of(STDERR_FILENO) - 1)));
    fmt::print(stderr, "\r\033[K{}", with_head(Paint::bold, text, colour_));
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", text);
  }
  std::fflush(stderr);
}

void ProgressLine::close() {
  if (state_ == State::complete) {
    draw();
    Log::say(LogLevel::info, progress_text(start_, now_, end_s_ - begin_s_));
    state_ = State::idle;
  }
  if (line_open_) fmt::print(stderr, "\n");
  line_open_ = false;
}

}  // namespace foldwave::jobs
