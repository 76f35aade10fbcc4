// A feed-forward net on a song's summary: Linear, ReLU and dropout for each hidden width, then the classifier; batch
// normalisation behind each Linear where it is asked for. Its tensors have the names of torch.nn.Sequential(Linear,
// [BatchNorm1d,] ReLU, Dropout, ..., Linear), which can load them.
#include "models/batch_norm.h"
#include "models/dropout.h"
#include "models/layers.h"
#include "models/registry.h"

namespace foldwave::models {
namespace {

class FeedForward : public Network {
 public:
  FeedForward(const ModelConfig& config, const at::Generator& generator) : dropout_(config.dropout) {
    int width = config.summary_width, position = 0;
    for (const int next : config.hidden) {
      append(width, next, position++, generator);
      if (config.hidden_norm)
        norms_.push_back(register_module(std::to_string(position++), std::make_shared<BatchNorm2d>(next)));
      width = next;
      position += 2;  // ReLU, Dropout
    }
    append(width, config.classes, position, generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    torch::Tensor y = x;
    for (size_t layer = 0; layer + 1 < layers_.size(); ++layer) {
      y = layers_[layer]->forward(y);
      if (!norms_.empty()) y = norms_[layer]->forward(y.unsqueeze(-1).unsqueeze(-1)).flatten(1);
      y = y.relu();
      if (is_training()) y = dropout_by_sample(y, {dropout_, static_cast<int>(layer)}, keys);
    }
    return layers_.back()->forward(y);
  }

 private:
  void append(int in, int out, int position, const at::Generator& generator) {
    layers_.push_back(register_module(std::to_string(position), std::make_shared<Linear>(in, out)));
    reset_parameters(*layers_.back(), generator);
  }

  double dropout_;
  std::vector<std::shared_ptr<Linear>> layers_;
  std::vector<std::shared_ptr<BatchNorm2d>> norms_;  // [hidden layers], or none
};

}  // namespace

std::shared_ptr<Network> make_mfcc_mlp(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<FeedForward>(config, generator);
}

}  // namespace foldwave::models
