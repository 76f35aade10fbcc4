// Whether SLURM still runs a job.
#pragma once

#include <string>

namespace foldwave::launch {

enum class JobState { running, gone, unknown };  // unknown: there is no squeue here, or it does not answer in time

JobState ask_slurm(const std::string& job_id);

}  // namespace foldwave::launch
