#include "foldwave/comm/gpus.h"
#include "foldwave/core/options.h"

namespace foldwave::comm {

void declare_options(OptionRegistry& registry) {
  const auto deadline = [&](const char* key, const char* default_value, const char* help) {
    registry.add({.key = key,
                  .default_value = default_value,
                  .help = help,
                  .kind = ValueKind::real,
                  .unit = "s",
                  .min = 1,
                  .max = 86400,
                  .effect = Effect::layout});
  };
  deadline("run.nccl_init_s", "120",
           "on GPUs: a group whose ranks have not all come together by then has lost one, which ends the launch");
  deadline("run.nccl_step_s", "600",
           "on GPUs: the same for a step of training, with the checkpoint that the first rank may write before it");
  deadline("run.nccl_checkpoint_s", "1800",
           "on GPUs: the same for validation and the files at an epoch's or trial's end");
}

Deadlines deadlines(const Settings& settings) {
  return {.init_s = settings.real("run.nccl_init_s"),
          .step_s = settings.real("run.nccl_step_s"),
          .checkpoint_s = settings.real("run.nccl_checkpoint_s")};
}

}  // namespace foldwave::comm
