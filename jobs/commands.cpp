#include "jobs/commands.h"

namespace foldwave::jobs {

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {"run", "prepare, train, predict, stack, report; skips what is already done", true, run_command},
      {"plan", "the trials that the config means, and which are done; starts nothing", false, plan_command},
      {"prepare", "audio to feature store", true, prepare_command},
      {"explore", "pictures of the music: genres, durations, mel spectrograms", true, explore_command},
      {"train", "every trial of the grid", true, train_command},
      {"predict", "test probabilities of every trained trial", true, predict_command},
      {"stack", "out-of-fold predictions to meta-model and submission.csv", true, stack_command},
      {"report", "report/index.html of a run directory", false, report_command},
      {"bench", "what this machine does, a JSON object a line: --bench.what", true, bench_command},
      {"status", "what is done, running, pending, failed in a run directory", false, status_command},
      {"forward", "logits of a backbone for given inputs, to check it against other libraries", false, forward_command},
  };
  return all;
}

}  // namespace foldwave::jobs
