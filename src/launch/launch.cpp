#include "foldwave/launch/launch.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/core/host.h"

namespace foldwave::launch {
namespace {

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Open MPI's mpirun tells its ranks so; those of other launchers under srun have PMI variables of their own.
int tasks_of_srun() {
  if (environment_variable("SLURM_PROCID").empty() || !environment_variable("OMPI_COMM_WORLD_SIZE").empty()) return 0;
  return static_cast<int>(number(environment_variable("SLURM_STEP_NUM_TASKS")));
}

bool any_pmi() {
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::string_view(*entry).starts_with("PMI")) return true;  // PMI_, PMI2_, PMIX_
  return false;
}

int cores_allowed() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? std::max(1, CPU_COUNT(&mask)) : 1;
}

// "0-3,8"
std::string core_list() {
  std::ifstream status("/proc/self/status");
  const std::string_view name = "Cpus_allowed_list:";
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return line.substr(std::min(line.find_first_not_of(" \t", name.size()), line.size()));
  return "";
}

// SLURM's count, where the job has a part of the node: its ranks may not be bound to it.
int cores_of_node() {
  const auto online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  const auto given = static_cast<int>(number(environment_variable("SLURM_CPUS_ON_NODE")));
  return given > 0 ? std::min(given, online) : online;
}

// "/system.slice/slurmstepd.scope/job_17/step_0" of the line "0::..."; empty where there are no groups of version 2.
std::string control_group() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with("0::")) return line.substr(3);
  return "";
}

// A group's limit holds for those below it.
double memory_limit_gb() {
  double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  for (std::string group = control_group();; group.resize(group.rfind('/'))) {
    std::ifstream file("/sys/fs/cgroup" + group + "/memory.max");
    double limit = 0;
    if (file >> limit) bytes = std::min(bytes, limit);
    if (group.find('/') == std::string::npos) return bytes / 1e9;
  }
}

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "";
}

pid_t watcher = -1;  // of MPI_Init
int watched = -1;    // where it waits

std::string quoted(const std::string& argument) {
  const bool plain =
      !argument.empty() &&
      argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,+:@%") ==
          std::string::npos;
  if (plain) return argument;
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

}  // namespace

LaunchEnvironment read_environment(const std::vector<std::string>& arguments) {
  LaunchEnvironment environment;
  environment.host = host_name();
  environment.partition = environment_variable("SLURM_JOB_PARTITION");
  environment.pid = getpid();
  for (const std::string& argument : arguments)
    environment.command += (environment.command.empty() ? "" : " ") + quoted(argument);
  // mpirun of Open MPI sets the first, PMIx servers (mpirun 5, srun --mpi=pmix) the second, srun --mpi=pmi2 the third.
  environment.by_launcher = !environment_variable("OMPI_COMM_WORLD_SIZE").empty() ||
                            !environment_variable("PMIX_RANK").empty() || !environment_variable("PMI_RANK").empty();
  environment.srun_tasks = tasks_of_srun();
  environment.srun_task =
      environment.srun_tasks > 0 ? static_cast<int>(number(environment_variable("SLURM_PROCID"))) : 0;
  environment.has_pmi = any_pmi();
  environment.job_id = environment_variable("SLURM_JOB_ID");
  environment.job_tasks = static_cast<int>(number(environment_variable("SLURM_NTASKS")));
  environment.restart_count = static_cast<int>(number(environment_variable("SLURM_RESTART_COUNT")));
  environment.job_end_unix_s = number(environment_variable("SLURM_JOB_END_TIME"));
  environment.cores = cores_allowed();
  environment.processor = processor_name();
  environment.core_list = core_list();
  environment.node_cores = cores_of_node();
  environment.omp_num_threads = static_cast<int>(number(environment_variable("OMP_NUM_THREADS")));
  environment.memory_gb = memory_limit_gb();
  return environment;
}

int rank_by_launcher() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const std::string rank = environment_variable(name); !rank.empty()) return static_cast<int>(number(rank));
  return 0;
}

void require_pmi(const LaunchEnvironment& environment) {
  if (environment.srun_tasks <= 1 || environment.has_pmi) return;
  throw InputError("srun started " + std::to_string(environment.srun_tasks) +
                   " tasks without telling them how to find each other: start them with srun --mpi=pmix ('srun "
                   "--mpi=list' tells what this SLURM has), or with mpirun");
}

// MPI leaves by _exit(), which asks nobody: a child that waits at a pipe outlives it for a moment.
void mpi_begins(const LaunchEnvironment& environment) {
  int ends[2];
  if (environment.srun_tasks == 0 || environment.srun_task != 0 || ::pipe2(ends, O_CLOEXEC) != 0) return;
  watcher = ::fork();
  if (watcher == 0) {
    ::close(ends[1]);
    char begun = 0;
    if (::read(ends[0], &begun, 1) == 0) {
      const std::string sentence =
          std::string("foldwave: MPI could not start under this srun, see above: ") +
          (environment.srun_tasks == 1
               ? "in a shell that srun started (srun --pty) MPI starts but once; put mpirun, or "
                 "srun --mpi=pmix --overlap, before the command, or use salloc\n"
               : "try srun --mpi=pmix ('srun --mpi=list' tells what this SLURM has), or mpirun\n");
      if (::write(STDERR_FILENO, sentence.data(), sentence.size()) < 0) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[0]);
  if (watcher > 0) watched = ends[1];
}

void mpi_has_begun() {
  if (watched < 0) return;
  if (::write(watched, "+", 1) == 1) ::waitpid(watcher, nullptr, 0);
  ::close(std::exchange(watched, -1));
}

void require_one_world(const LaunchEnvironment& environment, int world_size) {
  if (environment.srun_tasks <= 1 || world_size > 1) return;
  throw InputError("srun started " + std::to_string(environment.srun_tasks) +
                   " tasks, but each of them is an MPI world of its own: this MPI does not understand the PMI of this "
                   "srun; try srun --mpi=pmix or --mpi=pmi2 ('srun --mpi=list' tells what this SLURM has), or mpirun");
}

int threads_of_rank(const LaunchEnvironment& environment, int local_size) {
  const int share = std::min(environment.cores, environment.node_cores / std::max(1, local_size));
  const int wanted = environment.omp_num_threads > 0 ? std::min(share, environment.omp_num_threads) : share;
  return std::max(1, wanted);
}

}  // namespace foldwave::launch
