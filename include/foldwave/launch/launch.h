// What the job was given: by SLURM, by the launcher, by the kernel. Read once, before MPI_Init.
#pragma once

#include <string>
#include <vector>

namespace foldwave::launch {

struct LaunchEnvironment {
  std::string host, partition;  // partition: SLURM's, of the job
  int pid = 0;
  std::string command;        // as typed, quoted for a shell
  bool by_launcher = false;   // mpirun or srun started this process
  int srun_tasks = 0;         // of the step, where srun itself started this process; 0: something else did
  int srun_task = 0;          // which of them this is
  bool has_pmi = false;       // somebody told this process how to find the others
  std::string job_id;         // SLURM's; empty without
  int job_tasks = 0;          // that SLURM's job asked for, or its step has; 0: not told
  int restart_count = 0;      // SLURM's
  double job_end_unix_s = 0;  // SLURM's; 0: not told
  std::string processor;      // "AMD EPYC 7763 64-Core Processor"; empty where the kernel does not say
  int cores = 1;              // in this process's affinity mask
  std::string core_list;      // their numbers, as the kernel writes them: "0-3,8"; empty where it does not
  int node_cores = 1;         // those that SLURM gave the job there, where that is less
  int omp_num_threads = 0;    // the variable; 0: not set
  double memory_gb = 0;       // of the node, or of its control group where that is less
};
LaunchEnvironment read_environment(const std::vector<std::string>& arguments);
// This process's rank as its launcher tells it, 0 where none does: for what is said before MPI_Init, or without it.
int rank_by_launcher();

// Tasks of srun that would not find each other, each of them a world of its own or ended by MPI_Init: InputError says
// how to start them. The first is asked before MPI_Init, the second after it.
void require_pmi(const LaunchEnvironment& environment);
// Between these, should MPI end the process, as it does where it finds no PMI of its kind, the first task of srun says
// what to try.
void mpi_begins(const LaunchEnvironment& environment);
void mpi_has_begun();
void require_one_world(const LaunchEnvironment& environment, int world_size);

// How many threads a rank may keep busy beside the `local_size` ranks of its node: its affinity mask, its share of the
// node's cores where the masks overlap, and OMP_NUM_THREADS where that is less. More would spin against each other.
int threads_of_rank(const LaunchEnvironment& environment, int local_size);

}  // namespace foldwave::launch
