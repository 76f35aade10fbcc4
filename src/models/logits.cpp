#include "foldwave/models/logits.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/models/models.h"
#include "foldwave/models/weights.h"

namespace foldwave::models {
namespace {

torch::Tensor answer(Network& network, const torch::Tensor& x) {
  try {
    return network.forward(x.contiguous(torch::MemoryFormat::ChannelsLast), {}).contiguous();
  } catch (const c10::Error& error) {  // without its stack trace
    const std::string text = error.what_without_backtrace();
    throw SystemError("LibTorch: " + text.substr(0, text.find('\n')));
  }
}

}  // namespace

std::vector<float> logits_of(const ModelConfig& config, const std::filesystem::path& weights,
                             const Pictures& pictures) {
  constexpr int64_t batch = 16;
  torch::NoGradGuard no_grad;
  const auto network = make_network(config, 0);
  const LoadOutcome outcome = load_weights(*network, read_weights(weights), weights.string());
  if (outcome.classifier_classes > 0)
    throw InputError(weights.string() + ": its classifier has " + std::to_string(outcome.classifier_classes) +
                     " classes, expected " + std::to_string(config.classes));
  network->eval();
  std::vector<float> logits;
  const int64_t size = pictures.channels * pictures.height * pictures.width;
  for (int64_t first = 0; first < pictures.n; first += batch) {
    const int64_t count = std::min(batch, pictures.n - first);
    const std::span<const float> values(pictures.x.data() + first * size, static_cast<size_t>(count * size));
    auto x = torch::empty({count, pictures.channels, pictures.height, pictures.width});
    std::copy(values.begin(), values.end(), x.data_ptr<float>());
    const auto y = answer(*network, x);
    logits.insert(logits.end(), y.data_ptr<float>(), y.data_ptr<float>() + y.numel());
  }
  return logits;
}

}  // namespace foldwave::models
