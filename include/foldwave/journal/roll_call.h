// RUN/journal/LAUNCH.ranks: a line for each rank of a launch, "MARK HOST PID", so that the next launch can say which of
// them was lost. A rank that is killed leaves its mark as it was; those that the launcher then ends change theirs.
#pragma once

#include <filesystem>
#include <string>

#include "foldwave/journal/journal.h"

namespace foldwave::journal {

// Enters this rank, and leaves at the end. What cannot be written is not: the roll is a help, not a condition.
class RollCall {
 public:
  RollCall(const std::filesystem::path& run_directory, const std::string& launch, int rank);
  ~RollCall();
  RollCall(const RollCall&) = delete;
  RollCall& operator=(const RollCall&) = delete;

 private:
  int fd_ = -1;
};

// Left by a rank that ends the launch because another one is silent: its peers die of that one, not by themselves. The
// next launch reads it with lost_ranks() and takes it away, by forget_silent(). `who`: "node7 (process 4711)".
void note_silent(const std::filesystem::path& run_directory, int rank, const std::string& who);
// Left by a rank that ends the launch because NCCL lost one of its group, which cannot be told: RUN/journal/lost-group.
// slurm/job.sh starts such a launch again, as it does after a silent rank.
void note_lost_group(const std::filesystem::path& run_directory, const std::string& why);
void forget_silent(const std::filesystem::path& run_directory);  // and a lost group

// "rank 2 on node7 (process 4711)", of a launch that ended without a word; empty where that cannot be told.
std::string lost_ranks(const std::filesystem::path& run_directory, const LaunchRecord& launch);

}  // namespace foldwave::journal
