#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/formats/safetensors.h"
#include "foldwave/models/weights.h"

namespace foldwave::models {
namespace {

using NamedTensor = std::pair<std::string, torch::Tensor>;

std::string shape_text(const torch::Tensor& tensor) { return formats::shape_text(tensor.sizes()); }

// Kernels for 3 channels to kernels for others: summed for one, else repeated and scaled to the same sum. timm's
// adapt_input_conv.
torch::Tensor adapt_channels(const torch::Tensor& kernel, int64_t channels) {
  if (channels == 1) return kernel.sum(1, true);
  const int64_t repeats = (channels + 2) / 3;
  return kernel.repeat({1, repeats, 1, 1}).narrow(1, 0, channels) * (3.0 / static_cast<double>(channels));
}

bool is_stem_of_three(const torch::Tensor& stem, const torch::Tensor& given) {
  return stem.dim() == 4 && given.dim() == 4 && given.size(1) == 3 && stem.size(0) == given.size(0) &&
         stem.sizes().slice(2) == given.sizes().slice(2);
}

// In every network the stem's kernel comes first, the classifier's weight and bias last.
bool is_classifier(const std::vector<NamedTensor>& state, size_t index) { return index + 2 >= state.size(); }

bool is_classifier_of_other_size(const torch::Tensor& own, const torch::Tensor& given) {
  return own.dim() == given.dim() && given.size(0) > 0 && own.size(0) != given.size(0) &&
         own.sizes().slice(1) == given.sizes().slice(1);
}

// Of a classifier of another size both tensors are left out; a file where one of them would fit is damaged.
void require_one_size(const std::vector<NamedTensor>& state, const Weights& weights, const std::string& source) {
  const auto &weight = state[state.size() - 2], &bias = state.back();
  const auto &given_weight = weights.at(weight.first), &given_bias = weights.at(bias.first);
  if (given_weight.size(0) != given_bias.size(0))
    throw InputError(source + ": tensor '" + bias.first + "' has shape " + shape_text(given_bias) + ", but '" +
                     weight.first + "' " + shape_text(given_weight) + ": not one classifier");
}

}  // namespace

double weights_mib(const Network& network) {
  constexpr double kMiB = 1 << 20;
  double bytes = 0;
  for (const torch::Tensor& parameter : network.parameters()) bytes += static_cast<double>(parameter.nbytes());
  return bytes / kMiB;
}

std::string describe(const LoadOutcome& outcome) {
  std::string text;
  if (outcome.stem_channels > 0) text = "stem adapted from " + std::to_string(outcome.stem_channels) + " channels";
  if (outcome.classifier_classes > 0)
    text += (text.empty() ? "" : "; ") + ("classifier of " + std::to_string(outcome.classifier_classes)) +
            (outcome.other_classes ? " other" : "") + " classes left out, a new one starts from the seed";
  return text;
}

LoadOutcome load_weights(Network& network, const Weights& weights, const std::string& source, bool other_classes) {
  torch::NoGradGuard no_grad;
  const std::vector<NamedTensor> state = state_dict(network);
  LoadOutcome outcome;
  std::vector<torch::Tensor> values(state.size());  // undefined: the network's own is kept
  size_t found = 0;
  for (size_t i = 0; i < state.size(); ++i) {
    const auto& [name, own] = state[i];
    const auto given = weights.find(name);
    if (given == weights.end()) {
      if (name.ends_with("num_batches_tracked")) continue;  // older exports have none, and nothing is computed from it
      throw InputError(source + ": tensor '" + name + "' of shape " + shape_text(own) + " is missing");
    }
    ++found;
    const bool fits = given->second.sizes() == own.sizes();
    if (fits && other_classes && is_classifier(state, i)) {
      outcome.classifier_classes = given->second.size(0);
      outcome.other_classes = true;
    } else if (fits) {
      values[i] = given->second;
    } else if (i == 0 && is_stem_of_three(own, given->second)) {
      values[i] = adapt_channels(given->second, own.size(1));
      outcome.stem_channels = 3;
    } else if (is_classifier(state, i) && is_classifier_of_other_size(own, given->second)) {
      outcome.classifier_classes = given->second.size(0);
    } else {
      throw InputError(source + ": tensor '" + name + "' has shape " + shape_text(given->second) + ", expected " +
                       shape_text(own));
    }
  }
  for (size_t i = 0; i < state.size(); ++i)
    if (values[i].defined() && !values[i].isfinite().all().item<bool>())
      throw InputError(source + ": tensor '" + state[i].first + "' holds numbers that are not finite");
  if (outcome.classifier_classes > 0) require_one_size(state, weights, source);
  if (found < weights.size())
    for (const auto& [name, given] : weights)
      if (std::none_of(state.begin(), state.end(), [&name = name](const auto& own) { return own.first == name; }))
        throw InputError(source + ": tensor '" + name + "' of shape " + shape_text(given) +
                         " is none of this backbone's");
  for (size_t i = 0; i < state.size(); ++i)
    if (values[i].defined()) torch::Tensor(state[i].second).copy_(values[i]);
  return outcome;
}

}  // namespace foldwave::models
