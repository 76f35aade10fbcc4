// What can be done with any network, whatever it is made of.
#include "foldwave/models/models.h"
#include "models/batch_norm.h"

namespace foldwave::models {
namespace {

void append_state(const torch::nn::Module& module, const std::string& prefix,
                  std::vector<std::pair<std::string, torch::Tensor>>& state) {
  for (const auto& item : module.named_parameters(false)) state.emplace_back(prefix + item.key(), item.value());
  for (const auto& item : module.named_buffers(false)) state.emplace_back(prefix + item.key(), item.value());
  for (const auto& item : module.named_children()) append_state(*item.value(), prefix + item.key() + ".", state);
}

}  // namespace

void synchronise_batch_norm(Network& network, SumOverGroup sum) {
  for (const auto& module : network.modules(false))
    if (auto* norm = module->as<BatchNorm2d>()) norm->synchronise(sum);
}

std::vector<std::pair<std::string, torch::Tensor>> state_dict(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, torch::Tensor>> state;
  append_state(module, "", state);
  return state;
}

}  // namespace foldwave::models
