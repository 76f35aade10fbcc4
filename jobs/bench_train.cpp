// How fast the steps of training are: all ranks train one network together, on random input.
#include "foldwave/comm/gpus.h"
#include "jobs/bench_network.h"

namespace foldwave::jobs {

void bench_train(const Call& call) {
  const training::SpeedConfig config = speed_config(call);
  const comm::Group& all = call.world->all();
  const auto communicator = comm::make_communicator(all, config.device, comm::deadlines(call.settings));
  const training::Speed speed = training::training_speed(config, *communicator);
  if (all.rank() == 0) print_speed("train", config, speed, all.size());
}

}  // namespace foldwave::jobs
