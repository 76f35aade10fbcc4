// Multinomial logistic regression on summaries, as a network: torch.nn.Linear's weight and bias.
#include "models/layers.h"
#include "models/registry.h"
#include "models/shallow_network.h"

namespace foldwave::models {
namespace {

class LogisticNetwork : public ShallowNetwork {
 public:
  explicit LogisticNetwork(const ModelConfig& config) {
    weight_ = register_parameter("weight", torch::zeros({config.classes, config.summary_width}));
    bias_ = register_parameter("bias", torch::zeros({config.classes}));
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey>) override {
    return torch::addmm(bias_, x, weight_.t());
  }

  void fit(const Rows& rows, double c, uint32_t) override {
    const auto x =
        torch::from_blob(const_cast<float*>(rows.x.data()), {static_cast<int64_t>(rows.label.size()), weight_.size(1)});
    fit_classifier(x, rows, c, weight_, bias_);
  }

 private:
  torch::Tensor weight_, bias_;  // [classes, summary_width], [classes]
};

}  // namespace

std::shared_ptr<Network> make_logistic(const ModelConfig& config, const at::Generator&) {
  return std::make_shared<LogisticNetwork>(config);
}

}  // namespace foldwave::models
