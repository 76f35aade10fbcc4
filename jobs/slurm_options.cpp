// What slurm/submit asks a cluster for. The program itself reads none of it.
#include "jobs/options.h"

namespace foldwave::jobs {

void declare_slurm_options(OptionRegistry& registry) {
  const auto text = [&](const char* key, const char* help) {
    registry.add({.key = key, .help = help, .effect = Effect::display});
  };
  const auto count = [&](const char* key, const char* default_value, const char* help, double min) {
    registry.add({.key = key,
                  .default_value = default_value,
                  .help = help,
                  .kind = ValueKind::integer,
                  .min = min,
                  .max = 1e6,
                  .effect = Effect::display});
  };
  text("slurm.account", "--account of slurm/submit's jobs");
  text("slurm.partition", "--partition of them");
  text("slurm.qos", "--qos of them");
  text("slurm.constraint", "--constraint of them");
  text("slurm.time", "--time of them, as sbatch takes it (2:00:00); the partition's own where it is not given");
  text("slurm.memory", "--mem of a node, as sbatch takes it (64G)");
  count("slurm.nodes", "1", "nodes of a job", 1);
  count("slurm.min_nodes", "1", "nodes that are enough to go on with when others were lost", 1);
  count("slurm.tasks_per_node", "1", "ranks on each node: one a GPU, or one for some cores", 1);
  count("slurm.cpus_per_task", "1", "cores of a rank", 1);
  count("slurm.gpus_per_node", "0", "GPUs of a node; its ranks see them all, each takes one", 0);
  count(
      "slurm.array_tasks", "0",
      "an array of so many jobs trains, each on slurm.nodes nodes every so-many-th trial, before one more gathers and "
      "stacks; 0: one job does all",
      0);
  count("slurm.max_requeues", "10", "times that a job is queued again without having got any further", 0);
  text("slurm.prepare_partition", "partition of a job of its own that does prepare before the others start");
  count("slurm.prepare_nodes", "0", "nodes of it; 0: one where slurm.prepare_partition is given, else no such job", 0);
  count("slurm.prepare_tasks_per_node", "1", "ranks on each of them: one a core, for each is one thread", 1);
  count("slurm.prepare_cpus_per_task", "1", "cores of a rank there", 1);
  text("slurm.prepare_time", "--time of it; slurm.time where it is not given");
  registry.add({.key = "slurm.mpi",
                .default_value = "pmix",
                .help = "--mpi of srun: pmix for Open MPI; 'srun --mpi=list' tells what a cluster has for others",
                .effect = Effect::display});
  registry.add({.key = "slurm.prologue",
                .help = "file that a job sources first: module load, ulimit, NCCL_SOCKET_IFNAME",
                .kind = ValueKind::path,
                .effect = Effect::display});
  text("slurm.container", "what stands before the program: apptainer exec --nv foldwave.sif");
}

}  // namespace foldwave::jobs
