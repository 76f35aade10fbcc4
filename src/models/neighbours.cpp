#include "foldwave/models/neighbours.h"

#include <ATen/ops/linalg_eigh.h>
#include <torch/torch.h>

#include <algorithm>

namespace foldwave::models {
namespace {

constexpr int64_t songs_at_once = 2048;
// Components that carry less than this share of the widest one's are rounding.
constexpr double smallest_eigenvalue = 1e-9;

torch::Tensor standardised(const torch::Tensor& x) {
  const auto mean = x.mean(0, true, torch::kDouble);
  const auto deviation = (x - mean).square().mean(0, true).sqrt();
  return (x - mean) / deviation.masked_fill(deviation == 0, 1);
}

// What turns standardised columns into components of variance 1. [columns, components]
torch::Tensor whitening(const torch::Tensor& z) {
  const auto [eigenvalue, eigenvector] = at::linalg_eigh(z.t().mm(z) / z.size(0));  // ascending
  const auto sound = (eigenvalue > smallest_eigenvalue * eigenvalue.max()).sum().item<int64_t>();
  const auto kept = std::min({int64_t{Likeness::kComponents}, z.size(0) / 5, sound});
  return eigenvector.narrow(1, z.size(1) - kept, kept) * eigenvalue.narrow(0, z.size(1) - kept, kept).rsqrt();
}

}  // namespace

struct Likeness::State {
  torch::Tensor direction;  // [songs, components], of length 1
};

Likeness::Likeness(std::span<const float> summary, size_t songs) : state_(new State) {
  torch::NoGradGuard no_grad;
  const auto n = static_cast<int64_t>(songs);
  if (n == 0) return;
  const auto columns = static_cast<int64_t>(summary.size()) / n;
  const auto z = standardised(torch::from_blob(const_cast<float*>(summary.data()), {n, columns}).to(torch::kDouble));
  const auto place = z.mm(whitening(z));
  state_->direction = place / place.norm(2, 1, true).clamp_min(1e-12);
}

Likeness::~Likeness() = default;
Likeness::Likeness(Likeness&&) noexcept = default;

std::vector<std::vector<Neighbour>> Likeness::nearest(const std::vector<int>& songs, int count) const {
  torch::NoGradGuard no_grad;
  std::vector<std::vector<Neighbour>> found(songs.size());
  const auto n = static_cast<int64_t>(songs.size()), k = std::min<int64_t>(count, n - 1);
  if (k < 1 || state_->direction.size(1) < 2) return found;  // on one axis all are alike or opposite
  const auto direction =
      state_->direction.index_select(0, torch::tensor(std::vector<int64_t>(songs.begin(), songs.end())));
  for (int64_t begin = 0; begin < n; begin += songs_at_once) {
    const auto some = direction.narrow(0, begin, std::min(songs_at_once, n - begin));
    auto cosine = some.mm(direction.t());
    cosine.diagonal(begin).fill_(-1);
    const auto [likeness, row] = cosine.topk(k, 1);
    const auto values = likeness.accessor<double, 2>();
    const auto rows = row.accessor<int64_t, 2>();
    for (int64_t i = 0; i < some.size(0); ++i)
      for (int64_t j = 0; j < k && values[i][j] > 0; ++j)
        found[static_cast<size_t>(begin + i)].push_back(
            {static_cast<int>(rows[i][j]), static_cast<float>(std::min(values[i][j], 1.0))});
  }
  return found;
}

}  // namespace foldwave::models
