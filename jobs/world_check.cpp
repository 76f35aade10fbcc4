#include "jobs/world_check.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "foldwave/comm/fail_together.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/comm/probe.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/core/log.h"
#include "foldwave/core/words.h"
#include "foldwave/launch/node_speed.h"
#include "foldwave/training/training.h"

namespace foldwave::jobs {
namespace {

namespace fs = std::filesystem;

// A network file system may show what rank 0 has just written some seconds later.
bool sees(const fs::path& hold, const std::string& launch) {
  constexpr double kPatience_s = 10;
  for (const double began = monotonic_s();; std::this_thread::sleep_for(std::chrono::milliseconds(100))) {
    try {
      if (read_file(hold / "lease").find(launch) != std::string::npos) return true;
    } catch (const Error&) {
      // not there, or not yet
    }
    if (monotonic_s() - began > kPatience_s) return false;
  }
}

void add_gpus(launch::RankFacts& facts) {
  facts.gpus_given = environment_variable("CUDA_VISIBLE_DEVICES");
  facts.driver = comm::gpu_driver();
  facts.gpus = comm::gpu_names();
  if (facts.gpus.empty()) return;
  comm::NcclVersions nccl = comm::nccl_versions();
  nccl.of_torch = training::nccl_of_torch();
  comm::require_nccl(nccl);
  facts.nccl = comm::text_of_nccl(nccl);
  facts.interface = comm::nccl_interface(comm::network_interfaces(), environment_variable("NCCL_SOCKET_IFNAME"));
}

launch::RankFacts what_was_given(const comm::World& world, const launch::LaunchEnvironment& environment, int threads) {
  launch::RankFacts facts;
  facts.host = environment.host;
  facts.local_rank = world.local_rank();
  facts.local_size = world.local_size();
  facts.cores = environment.cores;
  facts.core_list = environment.core_list;
  facts.node_cores = environment.node_cores;
  facts.threads = threads;
  facts.memory_gb = environment.memory_gb;
  return facts;
}

// What a rank that is slower than others may be slow of.
void log_facts(const launch::RankFacts& facts) {
  std::string gpus;
  for (const std::string& gpu : facts.gpus) gpus += (gpus.empty() ? "; GPUs " : ", ") + gpu;
  Log::say(LogLevel::info,
           fmt::format("rank {} of {} on this node; {}, {} of {} cores, {:.0f} GB of memory; {:.1f} pieces of work a "
                       "second; clock {:.3f} s ahead of rank 0's; scratch {} ({}, {:.1f} GB free){}",
                       facts.local_rank, facts.local_size, counted(facts.threads, "thread"), facts.cores,
                       facts.node_cores, facts.memory_gb, facts.work_per_s, facts.clock_ahead_s, facts.scratch.path,
                       facts.scratch.kind, facts.scratch.free_gb, gpus));
}

}  // namespace

launch::WorldFacts look_at_world(const comm::World& world, const launch::LaunchEnvironment& environment, int threads,
                                 const fs::path& run, const fs::path& hold, const std::string& launch) {
  const double began = monotonic_s();
  launch::RankFacts mine = what_was_given(world, environment, threads);
  std::exception_ptr failure;
  try {
    add_gpus(mine);
    mine.scratch = launch::disk_of(launch::node_scratch());
    mine.sees_run = sees(hold, launch);
  } catch (const Error&) {
    failure = std::current_exception();
  }
  comm::fail_together(world.all(), failure);
  mine.clock_ahead_s = comm::clock_ahead_s(world.all());
  mine.work_per_s = launch::work_per_s();
  log_facts(mine);
  launch::WorldFacts facts;
  facts.job_tasks = environment.job_tasks;
  facts.sum_gb_per_s = comm::sum_gb_per_s(world.all());
  const std::vector<std::string> texts = world.all().gather(launch::to_text(mine));
  comm::on_rank_0(world.all(), [&] {
    for (const std::string& text : texts) facts.rank.push_back(launch::rank_facts_from(text));
    facts.run = launch::disk_of(run);
    facts.seconds = monotonic_s() - began;
    launch::require_one_run_directory(facts);
    return std::string();
  });
  return facts;
}

}  // namespace foldwave::jobs
