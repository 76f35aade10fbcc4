// run.shared: this launch is one of several that train trials of one run at a time, such as the tasks of an array.
#pragma once

#include <filesystem>
#include <string>

#include "foldwave/core/options.h"
#include "foldwave/journal/journal.h"

namespace foldwave::jobs {

struct Part {
  int number = 1, of = 1;
  bool alone = true;  // run.shared is not set: no other launch may be at work in the run directory

  std::string name() const;                                            // "2-of-8"; empty where it is alone
  bool has(size_t trial) const;                                        // by its place in the plan: every of-th
  std::filesystem::path hold(const std::filesystem::path& run) const;  // the folder of its lease
};
// InputError where it is no K/N, or where trials are dropped by what others score.
Part part_of(const Settings& settings);

// InputError naming host, process and job where a launch is at work in the run directory that this one cannot be
// beside: any other if it is alone, else one that is alone or that has cut the trials into another number of parts, or
// other trials.
void refuse_company(const std::filesystem::path& run, const Part& part, const journal::LaunchRecord& mine);
void remove_dead_parts(
    const std::filesystem::path& run);  // what launches that are gone have left; of one that is alone

}  // namespace foldwave::jobs
