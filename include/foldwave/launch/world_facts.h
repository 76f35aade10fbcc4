// What the ranks of a launch found when they came together, in words: what there is, and what looks wrong with it.
#pragma once

#include <string>
#include <vector>

#include "foldwave/core/library.h"
#include "foldwave/launch/disk.h"
#include "foldwave/launch/launch.h"

namespace foldwave::launch {

// Of one rank.
struct RankFacts {
  std::string host;
  int local_rank = 0, local_size = 1;
  int cores = 1, node_cores = 1, threads = 1;  // that it may use; of the node; that it will keep busy
  std::string core_list;                       // which it may use: "0-3,8"; empty: not told
  double memory_gb = 0;                        // of the node, or of its control group where that is less
  std::string gpus_given;                      // CUDA_VISIBLE_DEVICES; empty: not set
  std::vector<std::string> gpus;               // names of those that CUDA finds
  std::string driver;                          // of NVIDIA's kernel module, "580.159.04"; empty: none
  std::string nccl, interface;                 // version and path; the network interface it begins with
  double clock_ahead_s = 0;                    // of rank 0's
  double work_per_s = 0;                       // pieces of a fixed computation, all ranks at once
  Disk scratch;
  bool sees_run = true;  // its run directory is rank 0's
};
std::string to_text(const RankFacts& facts);  // for the way to rank 0
RankFacts rank_facts_from(const std::string& text);

struct WorldFacts {
  std::vector<RankFacts> rank;  // in their order
  Disk run;
  double sum_gb_per_s = 0;  // of a sum over all ranks, bytes of the buffer by its time; 0: there is one rank alone
  double seconds = 0;       // that finding out took
  int job_tasks = 0;        // of SLURM's job; 0: not told
};

// Some lines, nodes that are alike in one.
std::vector<std::string> describe(const WorldFacts& world);
// What a user should look at: unequal nodes, too few cores, clocks apart, a slow node, a disk that is nearly full.
std::vector<std::string> warnings(const WorldFacts& world);
// A rank that would write elsewhere than the others: InputError, naming its node.
void require_one_run_directory(const WorldFacts& world);

// environment.json: what the job was given, what its ranks found, and the versions of what was loaded.
std::string environment_json(const LaunchEnvironment& environment, const WorldFacts& world,
                             const std::vector<Library>& libraries);

}  // namespace foldwave::launch
