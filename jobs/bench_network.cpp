#include "jobs/bench_network.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/features/features.h"

namespace foldwave::jobs {
namespace {

constexpr int kClasses = 10;  // where model.classes does not say

}  // namespace

training::SpeedConfig speed_config(const Call& call) {
  const std::string& backbone = call.settings.text("model.backbone");
  if (backbone.empty()) throw InputError("this benchmark needs --model.backbone");
  models::takes_mel(backbone);  // refuses an unknown one
  const Settings settings = call.settings.for_backbone(backbone);
  const features::FeatureConfig features = features::feature_config(settings);
  const auto classes = static_cast<int>(settings.integer("model.classes"));
  training::SpeedConfig config;
  config.model = models::model_config(settings, backbone, classes > 0 ? classes : kClasses, 4 * features.n_mfcc);
  config.train = training::train_config(settings);
  if (config.train.threads == 0)
    config.train.threads = launch::threads_of_rank(call.environment, call.world->local_size());
  config.n_mels = features.n_mels;
  config.steps = static_cast<int>(settings.integer("bench.steps"));
  config.repeats = static_cast<int>(settings.integer("bench.repeats"));
  config.device = training::choose_device(call.world->local_rank());
  return config;
}

void print_speed(const std::string& bench, const training::SpeedConfig& config, const training::Speed& speed,
                 int ranks) {
  nlohmann::ordered_json result{{"bench", bench},
                                {"backbone", config.model.name},
                                {"precision", speed.precision},
                                {"device", config.device < 0 ? "cpu" : "cuda"},
                                {"ranks", ranks},
                                {"threads", config.train.threads},
                                {"batch", config.train.batch},
                                {"crop_frames", config.train.crop_frames},
                                {"steps", config.steps},
                                {"repeats", config.repeats},
                                {"samples_per_s", median(speed.samples_per_s)},
                                {"slowest", *std::min_element(speed.samples_per_s.begin(), speed.samples_per_s.end())},
                                {"fastest", *std::max_element(speed.samples_per_s.begin(), speed.samples_per_s.end())}};
  if (median(speed.communication_s) > 0) {  // of a step
    result["communication_s"] = median(speed.communication_s);
    result["exposed_s"] = median(speed.exposed_s);
  }
  print_result(result);
}

}  // namespace foldwave::jobs
