// How fast a network predicts, on random input: on rank 0 alone, for ranks predict without one another.
#include "jobs/bench_network.h"

namespace foldwave::jobs {

void bench_predict(const Call& call) {
  const training::SpeedConfig config = speed_config(call);
  comm::on_rank_0(call.world->all(), [&] {
    print_speed("predict", config, training::prediction_speed(config), 1);
    return std::string();
  });
}

}  // namespace foldwave::jobs
