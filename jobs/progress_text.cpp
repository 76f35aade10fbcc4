#include "jobs/progress_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace foldwave::jobs {
namespace {

constexpr double kTooShort_s = 0.5;  // for a rate that means something

std::string clock_text(double seconds) {
  const int64_t whole = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string duration_text(double seconds) {
  const int64_t whole = std::llround(seconds);
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60) : clock_text(seconds);
}

std::string three_digits(double value) {
  return value < 999.5 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

// Seconds until all is done at the rate so far; negative where nothing is known.
double time_left_s(const Progress& start, const Progress& now, double elapsed_s) {
  const bool weighed = now.work_total > 0;
  const double worked = weighed ? now.work_done - start.work_done : static_cast<double>(now.done - start.done);
  const double left = weighed ? now.work_total - now.work_done : static_cast<double>(now.total - now.done);
  return worked > 0 ? elapsed_s / worked * left : -1;
}

}  // namespace

std::string progress_text(const Progress& start, const Progress& now, double elapsed_s) {
  const bool complete = now.done >= now.total;
  const int64_t made = now.done - start.done;
  std::vector<std::string> parts;
  if (!complete)
    parts.push_back(fmt::format("{}/{} {}", now.done, now.total, now.unit));
  else if (now.total == 0)
    parts.push_back(fmt::format("no {}", now.unit));
  else if (made == 0)
    parts.push_back(fmt::format("{} {}, all there already", now.total, now.unit));
  else if (made == now.total)
    parts.push_back(fmt::format("{} {} in {}", now.total, now.unit, duration_text(elapsed_s)));
  else
    parts.push_back(fmt::format("{} of {} {} in {}", made, now.total, now.unit, duration_text(elapsed_s)));

  if (made > 0 && elapsed_s >= kTooShort_s) {
    parts.push_back(three_digits(static_cast<double>(made) / elapsed_s) + "/s");
    const double audio_s = now.audio_s - start.audio_s;
    if (audio_s > 0) parts.push_back(three_digits(audio_s / elapsed_s) + "x real time");
    const double left_s = time_left_s(start, now, elapsed_s);
    if (!complete && left_s >= 0) parts.push_back("ETA " + clock_text(left_s));
  }
  if (!now.detail.empty()) parts.push_back(now.detail);
  return fmt::format("{:<8} {}", now.stage, fmt::join(parts, complete ? ", " : "  "));
}

}  // namespace foldwave::jobs
