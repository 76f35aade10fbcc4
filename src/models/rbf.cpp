// Kernel logistic regression: the RBF kernel exp(-gamma * |x - z|^2) against landmarks z (Nystroem; Williams and Seeger
// 2001), then multinomial logistic regression in the space that they span. With all training rows as landmarks this is
// the full kernel's.
#include <ATen/ops/linalg_eigh.h>

#include <algorithm>

#include "foldwave/core/random.h"
#include "models/fit_rows.h"
#include "models/registry.h"
#include "models/shallow_network.h"

namespace foldwave::models {
namespace {

// Directions of the landmarks' span that carry less than this share of the widest one's are noise of its rounding.
constexpr double smallest_eigenvalue = 1e-6;

// In double precision: weights of nearly dependent landmarks are large and cancel. [rows, landmarks]
torch::Tensor kernel(const torch::Tensor& x, const torch::Tensor& landmarks, double gamma) {
  const auto a = x.to(torch::kDouble), z = landmarks.to(torch::kDouble);
  const auto distance = a.square().sum(1, true) + z.square().sum(1).unsqueeze(0) - 2 * a.mm(z.t());
  return (distance.clamp_min(0) * -gamma).exp();
}

double variance_of(const torch::Tensor& x) {
  const double mean = x.sum(torch::kDouble).item<double>() / static_cast<double>(x.numel());
  double sum = 0;
  for (const torch::Tensor& some : x.split(rows_at_once))
    sum += (some.to(torch::kDouble) - mean).square().sum().item<double>();
  return sum / static_cast<double>(x.numel());
}

class RbfNetwork : public ShallowNetwork {
 public:
  explicit RbfNetwork(const ModelConfig& config) : relative_gamma_(config.gamma) {
    landmarks_ = register_buffer("landmarks", torch::zeros({config.landmarks, config.summary_width}));
    gamma_ = register_buffer("gamma", torch::ones({1}));
    weight_ = register_parameter("weight", torch::zeros({config.classes, config.landmarks}));
    bias_ = register_parameter("bias", torch::zeros({config.classes}));
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey>) override {
    const auto similarity = kernel(x, landmarks_, gamma_.item<double>());
    return torch::addmm(bias_.to(torch::kDouble), similarity, weight_.to(torch::kDouble).t()).to(torch::kFloat);
  }

  void fit(const Rows& rows, double c, uint32_t seed) override {
    torch::NoGradGuard no_grad;
    const auto n = static_cast<int64_t>(rows.label.size()), width = landmarks_.size(1);
    const auto x = torch::from_blob(const_cast<float*>(rows.x.data()), {n, width});
    const double variance = variance_of(x);
    gamma_.fill_(relative_gamma_ / (static_cast<double>(width) * (variance > 0 ? variance : 1)));
    landmarks_.copy_(x.index_select(0, draw_landmarks(n, seed)));

    const double gamma = gamma_.item<double>();
    const auto [eigenvalue, eigenvector] = at::linalg_eigh(kernel(landmarks_, landmarks_, gamma));
    const auto kept = (eigenvalue > smallest_eigenvalue * eigenvalue.max()).nonzero().squeeze(1);
    const auto whitening =
        eigenvector.index_select(1, kept) * eigenvalue.index_select(0, kept).rsqrt();  // [landmarks, kept]
    auto weight = torch::zeros({bias_.size(0), kept.size(0)}, torch::kDouble);
    auto spanned = torch::empty({n, kept.size(0)}, torch::kDouble);
    for (int64_t begin = 0; begin < n; begin += rows_at_once) {
      const int64_t some = std::min(rows_at_once, n - begin);
      spanned.narrow(0, begin, some).copy_(kernel(x.narrow(0, begin, some), landmarks_, gamma).mm(whitening));
    }
    fit_classifier(spanned, rows, c, weight, bias_);
    weight_.copy_(weight.mm(whitening.t()));
  }

 private:
  torch::Tensor draw_landmarks(int64_t rows, uint32_t seed) const {
    std::vector<int> order = shuffled(static_cast<int>(rows), Random({.seed = seed, .transform = draw::weights}));
    order.resize(static_cast<size_t>(landmarks_.size(0)));
    std::sort(order.begin(), order.end());
    return torch::tensor(std::vector<int64_t>(order.begin(), order.end()), torch::kLong);
  }

  double relative_gamma_;
  torch::Tensor landmarks_, gamma_;  // [landmarks, summary_width], [1]
  torch::Tensor weight_, bias_;      // [classes, landmarks], [classes]
};

}  // namespace

std::shared_ptr<Network> make_rbf(const ModelConfig& config, const at::Generator&) {
  return std::make_shared<RbfNetwork>(config);
}

}  // namespace foldwave::models
