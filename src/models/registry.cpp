// Every network that foldwave knows, one line each.
#include "models/registry.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/models/models.h"

namespace foldwave::models {
namespace {

struct Entry {
  const char* name;
  Input input;
  double relative_cost;  // of a training step with bf16 where that is the default; resnet18 = 1
  MakeNetwork* make;
};

constexpr Entry entries[] = {
    {"mfcc_mlp", Input::summary, 0.002, make_mfcc_mlp},
    {"resnet18", Input::mel, 1.0, make_resnet18},
    {"resnet34", Input::mel, 1.7, make_resnet34},
    {"resnet50", Input::mel, 3.3, make_resnet50},
    {"resnext50_32x4d", Input::mel, 4.3, make_resnext50_32x4d},
    {"efficientnet_b0", Input::mel, 2.6, make_efficientnet_b0},
    {"efficientnet_b1", Input::mel, 3.5, make_efficientnet_b1},
    {"efficientnet_b2", Input::mel, 3.5, make_efficientnet_b2},
    {"efficientnet_b3", Input::mel, 4.8, make_efficientnet_b3},
    {"efficientnet_b4", Input::mel, 6.4, make_efficientnet_b4},
    {"tf_efficientnet_lite0", Input::mel, 2.7, make_tf_efficientnet_lite0},
    {"convnext_tiny", Input::mel, 5.2, make_convnext_tiny},
    {"mobilenetv3_large_100", Input::mel, 1.7, make_mobilenetv3_large_100},
};

const Entry& entry(const std::string& name) {
  for (const Entry& e : entries)
    if (name == e.name) return e;
  std::string all;
  for (const Entry& e : entries) all += (all.empty() ? "" : ", ") + std::string(e.name);
  throw InputError("unknown backbone '" + name + "'; known are " + all);
}

}  // namespace

bool known(const std::string& name) {
  return std::any_of(std::begin(entries), std::end(entries), [&](const Entry& e) { return name == e.name; });
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Entry& e : entries) all.emplace_back(e.name);
  return all;
}

Input input_of(const std::string& name) { return entry(name).input; }

double relative_cost(const std::string& name) { return entry(name).relative_cost; }

std::shared_ptr<Network> make_network(const ModelConfig& config, uint32_t seed) {
  return entry(config.name).make(config, at::detail::createCPUGenerator(seed));
}

}  // namespace foldwave::models
