#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/log.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/wait_within.h"
#include "foldwave/journal/roll_call.h"
#include "jobs/commands.h"
#include "jobs/session.h"

namespace foldwave::jobs {
namespace {

// Before the job's end, for the last checkpoints; of a job of minutes a share, or it would never begin.
double margin_s(double left_s) { return std::min(60.0, left_s / 4); }

// As rank 0 has it: a rank that was started over ssh may not know the job's end, and all must ask at the same places.
void set_deadline(const Call& call) {
  const double limit = call.settings.real("run.time_limit_s");
  const double left_s = call.environment.job_end_unix_s - unix_now_s();
  std::string seconds;
  if (limit > 0)
    seconds = std::to_string(limit);
  else if (call.environment.job_end_unix_s > 0)
    seconds = std::to_string(left_s - margin_s(left_s));
  call.world->all().broadcast(seconds);
  if (!seconds.empty()) StopFlag::set_deadline(monotonic_s() + std::stod(seconds));
}

// A rank that is stopped or hangs with its node keeps all others waiting: the one that hears nothing of it ends them.
void watch_each_other(const Call& call) {
  const double silence_s = call.settings.real("run.silence_s");
  if (silence_s <= 0) return;
  const comm::World& world = *call.world;
  call.world->watch(silence_s, fmt::format("{} (process {})", call.environment.host, getpid()),
                    [&world, silence_s, run = run_directory(call.settings)](int rank, const std::string& who) {
                      const std::string why = fmt::format(
                          "rank {} on {} has not been heard of for {} s (run.silence_s): all ranks are ended; the same "
                          "command goes on",
                          rank, who, silence_s);
                      fmt::print(stderr, "foldwave: {}\n", why);
                      std::fflush(stderr);
                      wait_within(2, [run, rank, who, why] {
                        journal::note_silent(run, rank, who);
                        Log::say(LogLevel::error, why);
                      });
                      world.abort(1);
                    });
}

void hold_session(const Call& call, const std::function<Tables()>& read_tables, const Stages& stages) {
  set_deadline(call);
  watch_each_other(call);
  Session session(call.settings, *call.world, call.environment, call.progress, read_tables());
  try {
    for (size_t i = 0; i < stages.size(); ++i) {
      session.last_stage = i + 1 == stages.size();
      stages[i](session);
    }
  } catch (const Stopped& stopped) {
    session.end("stopped", stopped.what());
    throw;
  } catch (const std::exception& error) {
    session.end("failed", error.what());
    throw;
  }
  session.end("done", "");
}

void refuse_part(const Call& call) {
  if (!call.settings.text("run.shared").empty())
    throw InputError(
        fmt::format("{}: only train and predict can share a run directory, and of predict that of its own trials",
                    call.settings.where("run.shared")));
}

}  // namespace

void in_session(const Call& call, const Stages& stages) {
  refuse_part(call);
  in_shared_session(call, stages);
}

void in_shared_session(const Call& call, const Stages& stages) {
  hold_session(
      call, [&] { return tables_of_run(call.settings); }, stages);
}

void in_test_session(const Call& call, const std::vector<std::string>& class_ids, const Stages& stages) {
  refuse_part(call);
  const auto tables = [&] {
    Tables songs;
    songs.catalog = catalog::read_catalog(catalog::test_catalog_config(call.settings));
    songs.catalog.class_ids = songs.catalog.class_names = class_ids;
    return songs;
  };
  hold_session(call, tables, stages);
}

}  // namespace foldwave::jobs
