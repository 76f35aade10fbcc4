#include "foldwave/launch/launch.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "foldwave/core/errors.h"

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

TEST(ReadEnvironment, KnowsWhichCoresItMayUseAndHowManySlurmGave) {
  const LaunchEnvironment whole = read_environment({"foldwave"});
  EXPECT_FALSE(whole.core_list.empty());
  setenv("SLURM_CPUS_ON_NODE", "1", 1);
  EXPECT_EQ(read_environment({"foldwave"}).node_cores, 1);
  setenv("SLURM_CPUS_ON_NODE", "100000", 1);
  EXPECT_EQ(read_environment({"foldwave"}).node_cores, whole.node_cores);
  unsetenv("SLURM_CPUS_ON_NODE");
}

TEST(ReadEnvironment, TellsALauncherByItsVariables) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) unsetenv(name);
  EXPECT_FALSE(read_environment({"foldwave"}).by_launcher);
  setenv("PMIX_RANK", "0", 1);
  EXPECT_TRUE(read_environment({"foldwave"}).by_launcher);
  unsetenv("PMIX_RANK");
}

// What srun gives a task, with no PMI or with one.
LaunchEnvironment under_srun(const char* tasks, bool pmi) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) unsetenv(name);
  setenv("SLURM_PROCID", "1", 1);
  setenv("SLURM_STEP_NUM_TASKS", tasks, 1);
  if (pmi) setenv("PMIX_RANK", "1", 1);
  const LaunchEnvironment environment = read_environment({"foldwave"});
  for (const char* name : {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"}) unsetenv(name);
  return environment;
}

TEST(RequirePmi, RefusesTasksOfSrunThatWereNotToldOfEachOther) {
  EXPECT_THROW(require_pmi(under_srun("3", false)), InputError);
  EXPECT_NO_THROW(require_pmi(under_srun("3", true)));
  EXPECT_NO_THROW(require_pmi(under_srun("1", false)));
  EXPECT_EQ(under_srun("3", false).srun_task, 1);
}

TEST(RequireOneWorld, RefusesTasksOfSrunThatAreWorldsOfTheirOwn) {
  EXPECT_THROW(require_one_world(under_srun("3", true), 1), InputError);
  EXPECT_NO_THROW(require_one_world(under_srun("3", true), 3));
  EXPECT_NO_THROW(require_one_world(under_srun("1", true), 1));
}

TEST(RequireOneWorld, LeavesRanksOfMpirunAloneWhateverStepTheyAreIn) {
  setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
  setenv("SLURM_PROCID", "0", 1);
  setenv("SLURM_STEP_NUM_TASKS", "3", 1);
  EXPECT_NO_THROW(require_one_world(read_environment({"foldwave"}), 1));
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}) unsetenv(name);
}

}  // namespace
}  // namespace foldwave::launch
