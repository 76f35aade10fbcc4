#include "foldwave/launch/launch.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace foldwave::launch {
namespace {

LaunchEnvironment with(int cores, int node_cores, int omp_num_threads) {
  LaunchEnvironment environment;
  environment.cores = cores;
  environment.node_cores = node_cores;
  environment.omp_num_threads = omp_num_threads;
  return environment;
}

TEST(ThreadsOfRank, AreTheCoresThatTheRankIsBoundTo) { EXPECT_EQ(threads_of_rank(with(4, 16, 0), 4), 4); }

TEST(ThreadsOfRank, AreAShareOfTheNodeWhereRanksAreNotBound) {
  EXPECT_EQ(threads_of_rank(with(16, 16, 0), 4), 4);
  EXPECT_EQ(threads_of_rank(with(2, 2, 0), 2), 1);
}

TEST(ThreadsOfRank, AreAtLeastOneWhereRanksOutnumberCores) { EXPECT_EQ(threads_of_rank(with(2, 2, 0), 4), 1); }

TEST(ThreadsOfRank, AreNotMoreThanOmpNumThreads) {
  EXPECT_EQ(threads_of_rank(with(16, 16, 2), 1), 2);
  EXPECT_EQ(threads_of_rank(with(2, 2, 8), 1), 2);
}

TEST(ReadEnvironment, QuotesTheCommandForAShell) {
  EXPECT_EQ(read_environment({"foldwave", "run", "--data.root", "my music", "--x", "it's"}).command,
            "foldwave run --data.root 'my music' --x 'it'\\''s'");
}

TEST(ReadEnvironment, TellsALauncherByItsVariables) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) unsetenv(name);
  EXPECT_FALSE(read_environment({"foldwave"}).by_launcher);
  setenv("PMIX_RANK", "0", 1);
  EXPECT_TRUE(read_environment({"foldwave"}).by_launcher);
  unsetenv("PMIX_RANK");
}

}  // namespace
}  // namespace foldwave::launch
