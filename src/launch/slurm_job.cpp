#include "foldwave/launch/slurm_job.h"

#include <set>
#include <sstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/program.h"

namespace foldwave::launch {
namespace {

constexpr double kPatience_s = 1.5;  // who is refused must hear of it soon

// Of squeue's states, those in which processes of the job may be at work. One that is pending waits to be started
// again.
const std::set<std::string> at_work{"RUNNING",   "COMPLETING", "CONFIGURING", "RESIZING",
                                    "SIGNALING", "STAGE_OUT",  "STOPPED",     "SUSPENDED"};

}  // namespace

JobState ask_slurm(const std::string& job_id) {
  ProgramResult squeue;
  try {
    squeue = run_program({"squeue", "--noheader", "--format=%T", "--jobs=" + job_id}, "", {}, kPatience_s);
  } catch (const SystemError&) {
    return JobState::unknown;
  }
  if (!squeue.found) return JobState::unknown;
  if (squeue.status != 0)
    return squeue.err.find("Invalid job id") != std::string::npos ? JobState::gone : JobState::unknown;
  std::istringstream states(squeue.out);
  for (std::string state; states >> state;)
    if (at_work.contains(state)) return JobState::running;
  return JobState::gone;
}

}  // namespace foldwave::launch
