// What the benchmarks of training and prediction share: their settings, and the line that they print.
#pragma once

#include "foldwave/training/speed.h"
#include "jobs/bench.h"

namespace foldwave::jobs {

training::SpeedConfig speed_config(const Call& call);
void print_speed(const std::string& bench, const training::SpeedConfig& config, const training::Speed& speed,
                 int ranks);

}  // namespace foldwave::jobs
