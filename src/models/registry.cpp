// Every network that foldwave knows, one line each.
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/models/models.h"
#include "models/mfcc_mlp.h"
#include "models/resnet.h"

namespace foldwave::models {
namespace {

struct Entry {
  const char* name;
  Input input;
  double relative_cost;  // of a training step with bf16 where that is the default; resnet18 = 1
  std::shared_ptr<Network> (*make)(const ModelConfig&, const at::Generator&);
};

constexpr Entry entries[] = {
    {"mfcc_mlp", Input::summary, 0.002, make_mfcc_mlp},
    {"resnet18", Input::mel, 1.0, make_resnet18},
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
