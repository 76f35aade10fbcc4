#include "foldwave/launch/world_facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"

namespace foldwave::launch {
namespace {

RankFacts rank_on(const std::string& host, int local_rank, int local_size) {
  RankFacts facts;
  facts.host = host;
  facts.local_rank = local_rank;
  facts.local_size = local_size;
  facts.cores = 4;
  facts.node_cores = 8;
  facts.threads = 4;
  facts.memory_gb = 64;
  facts.work_per_s = 1000;
  facts.scratch = {"/tmp", "ext4", 100};
  return facts;
}

WorldFacts world_of(int nodes) {
  WorldFacts world;
  for (int node = 1; node <= nodes; ++node)
    for (int rank = 0; rank < 2; ++rank) world.rank.push_back(rank_on("n" + std::to_string(node), rank, 2));
  world.run = {"/lustre/run", "lustre", 5000};
  world.sum_gb_per_s = nodes > 1 ? 1.5 : 3;
  world.seconds = 0.25;
  return world;
}

using Lines = std::vector<std::string>;

TEST(WorldFacts, OfNodesThatAreAlikeFitOneLine) {
  EXPECT_EQ(
      describe(world_of(3)),
      (Lines{"world    6 ranks on 3 nodes, looked at in 0.2 s",
             "         n1, n2, n3: 2 ranks of 4 threads, 4 of 8 cores each; 64 GB of memory",
             "         run directory /lustre/run (lustre, 5000.0 GB free); scratch /tmp (ext4, 100.0 GB free); clocks "
             "within 0.000 s; sums over all ranks at 1.50 GB/s"}));
  EXPECT_EQ(describe(world_of(1000))[1],
            "         n1, n2, n3, n4, n5, n6, n7, ... n1000: 2 ranks of 4 threads, 4 of 8 cores each; 64 GB of memory");
  EXPECT_EQ(warnings(world_of(3)), Lines{});
  EXPECT_EQ(warnings(world_of(1)), Lines{});
}

TEST(WorldFacts, SayWhichGpuEachRankTakes) {
  WorldFacts world = world_of(1);
  for (RankFacts& rank : world.rank) {
    rank.gpus_given = "0,1";
    rank.gpus = {"NVIDIA H100", "NVIDIA H100"};
    rank.driver = "580.159.04";
    rank.nccl = "2.30.7 (/lib/libnccl.so.2)";
    rank.interface = "ib0";
  }
  EXPECT_NE(describe(world)[1].find("CUDA_VISIBLE_DEVICES 0,1; 2 GPUs (NVIDIA H100), driver 580.159.04, rank 0 of the "
                                    "node takes GPU 0, rank 1 GPU 1; NCCL 2.30.7 (/lib/libnccl.so.2), network "
                                    "interface ib0"),
            std::string::npos)
      << describe(world)[1];
  EXPECT_EQ(warnings(world), Lines{});
}

struct Wrong {
  const char* name;
  void (*spoil)(WorldFacts& world);
  std::string warning;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.name; }

class WhatLooksWrong : public testing::TestWithParam<Wrong> {};

TEST_P(WhatLooksWrong, IsWarnedOfByName) {
  WorldFacts world = world_of(3);
  GetParam().spoil(world);
  EXPECT_EQ(warnings(world), Lines{GetParam().warning});
}

const Wrong wrongs[] = {
    {"SlowNode", [](WorldFacts& w) { w.rank[3].work_per_s = 500; },
     "n2 computes at 50 % of the speed of the others; is something else running there?"},
    {"Clock", [](WorldFacts& w) { w.rank[4].clock_ahead_s = w.rank[5].clock_ahead_s = -7.25; },
     "the clock of n1 is 7.2 s ahead of that of n3"},
    {"FullRun", [](WorldFacts& w) { w.run.free_gb = 0.5; },
     "the run directory /lustre/run (lustre, 0.5 GB free) is nearly full"},
    {"FullScratch", [](WorldFacts& w) { w.rank[2].scratch.free_gb = 0; },
     "n2: its scratch /tmp (ext4, 0.0 GB free) is nearly full"},
    {"Network", [](WorldFacts& w) { w.sum_gb_per_s = 0.0123; },
     "a sum over all ranks makes 0.012 GB/s: MPI may be using the wrong network"},
    {"TooFewCores",
     [](WorldFacts& w) {
       for (auto& rank : w.rank) rank.threads = rank.host == "n3" ? 8 : 4;
     },
     "n3: 2 ranks of 8 threads keep 16 threads busy on 8 cores; start fewer ranks, or set train.threads"},
    {"RanksBoundToTheSameCores",
     [](WorldFacts& w) {
       for (auto& rank : w.rank) rank.core_list = rank.host == "n2" ? "0-3" : rank.local_rank == 0 ? "0-3" : "4-5,8,9";
     },
     "n2: 2 ranks of 4 threads keep 8 threads busy on 4 cores, all that they are bound to; start fewer ranks, or set "
     "train.threads"},
    {"UnequalRanks",
     [](WorldFacts& w) {
       w.rank.pop_back();
       w.rank.back().local_size = 1;
     },
     "ranks a node differ: 1 on n3; 2 on n1, n2"},
    {"GivenButNotFound", [](WorldFacts& w) { w.rank[2].gpus_given = "0"; },
     "n2: was given GPUs (0), but CUDA finds none: there is no NVIDIA driver, or this foldwave was built without NCCL"},
    {"Shared",
     [](WorldFacts& w) {
       for (auto& rank : w.rank) rank.gpus = {"H100"};
       w.rank.resize(2);
     },
     "n1: 2 ranks share 1 GPU; start one rank a GPU"},
    {"Idle",
     [](WorldFacts& w) {
       for (auto& rank : w.rank) rank.gpus = {"H100", "H100", "H100"};
       w.rank.resize(2);
     },
     "n1: 1 of its 3 GPUs are left idle by 2 ranks; start one rank a GPU"},
    {"NoSrun",
     [](WorldFacts& w) {
       w.rank = {rank_on("n1", 0, 1)};
       w.job_tasks = 4;
     },
     "the job has 4 tasks, but this launch is one rank: start it with srun --mpi=pmix, or mpirun"},
    {"Drivers",
     [](WorldFacts& w) {
       for (auto& rank : w.rank) rank.driver = rank.host == "n1" ? "" : "580.1";
     },
     "NVIDIA drivers differ: none on n1; 580.1 on n2, n3"},
};
INSTANTIATE_TEST_SUITE_P(Of, WhatLooksWrong, testing::ValuesIn(wrongs),
                         [](const auto& test) { return test.param.name; });

TEST(WorldFacts, OfARankThatSeesAnotherRunDirectoryAreRefused) {
  WorldFacts world = world_of(2);
  require_one_run_directory(world);
  world.rank[3].sees_run = false;
  try {
    require_one_run_directory(world);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "run.dir '/lustre/run' is not the same folder on n2 as on n1: it must be on a file "
                 "system that all nodes share");
  }
}

TEST(WorldFacts, ComeThroughTheirText) {
  RankFacts facts = rank_on("n\"1", 1, 3);
  facts.gpus = {"a", "b"};
  facts.gpus_given = "3,4";
  facts.sees_run = false;
  facts.clock_ahead_s = -0.125;
  EXPECT_EQ(to_text(rank_facts_from(to_text(facts))), to_text(facts));
}

TEST(EnvironmentJson, HasHostsVersionsWarningsAndRanks) {
  LaunchEnvironment environment;
  environment.command = "foldwave run";
  environment.job_id = "17";
  WorldFacts world = world_of(2);
  world.run.free_gb = 0.5;
  const auto json = nlohmann::json::parse(environment_json(environment, world, {{"MPI", "Open MPI v4.1.4"}}));
  EXPECT_EQ(json.at("host_of_rank"), (Lines{"n1", "n1", "n2", "n2"}));
  EXPECT_EQ(json.at("versions").at("MPI"), "Open MPI v4.1.4");
  EXPECT_EQ(json.at("warnings").size(), 1U);
  EXPECT_EQ(json.at("ranks").size(), 4U);
  EXPECT_EQ(json.at("slurm_job_id"), "17");
}

TEST(Disk, TellsFileSystemAndFreeSpace) {
  const Disk there = disk_of("/proc/self"), none = disk_of("/no/such/folder");
  EXPECT_EQ(there.kind, "0x9FA0") << "which has no name here";
  EXPECT_GE(disk_of("/tmp").free_gb, 0);
  EXPECT_EQ(none.free_gb, -1);
}

}  // namespace
}  // namespace foldwave::launch
