#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "foldwave/core/clock.h"
#include "foldwave/core/stop.h"
#include "foldwave/report/report.h"
#include "jobs/commands.h"
#include "jobs/session.h"
#include "jobs/terminal.h"

namespace foldwave::jobs {
namespace {

// What failed in red, what was chosen in bold.
std::string with_colour(const std::string& text, bool colour) {
  std::string painted_text;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    const bool failed = line.starts_with("  failed "), chosen = line.starts_with("  *  ");
    painted_text += failed || chosen ? painted(failed ? Paint::red : Paint::bold, line, colour) : line;
    painted_text += "\n";
    begin = end + 1;
  }
  return painted_text;
}

// Prints the status; whether a launch is at work.
bool show(const Settings& settings, bool again) {
  const report::ReportInput input = report::read_run(existing_run_directory(settings), {});
  constexpr const char* clear = "\033[H\033[2J";
  fmt::print("{}{}", again && isatty(STDOUT_FILENO) ? clear : "",
             settings.text("status.format") == "json"
                 ? report::status_json(input)
                 : with_colour(report::status_text(input), shows_colour(STDOUT_FILENO)));
  std::fflush(stdout);
  return std::any_of(input.record.launches.begin(), input.record.launches.end(),
                     [](const journal::LaunchRecord& launch) { return launch.ending.empty(); });
}

void sleep_unless_stopped(double seconds) {
  const double end_s = monotonic_s() + seconds;
  while (monotonic_s() < end_s && !StopFlag::raised()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

}  // namespace

void status_command(const Call& call) {
  const double every_s = call.settings.real("status.watch");
  const bool again = every_s > 0;
  while (show(call.settings, again) && every_s > 0 && !StopFlag::raised()) sleep_unless_stopped(every_s);
}

}  // namespace foldwave::jobs
