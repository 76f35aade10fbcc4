#include "models/dropout.h"

namespace foldwave::models {
namespace {

// [n, width]: 0 with `probability`, else what keeps the mean.
torch::Tensor draw_mask(const torch::Tensor& x, int64_t width, const Drop& drop, std::span<const RandomKey> keys) {
  TORCH_CHECK(static_cast<int64_t>(keys.size()) == x.size(0), "dropout: ", keys.size(), " keys for ", x.size(0),
              " samples");
  auto mask = torch::empty({x.size(0), width});
  float* value = mask.data_ptr<float>();
  const float kept = static_cast<float>(1 / (1 - drop.probability));
  for (RandomKey key : keys) {
    key.transform = static_cast<uint16_t>(draw::dropout + drop.layer);
    Random random(key);
    for (int64_t i = 0; i < width; ++i) *value++ = random.uniform() < drop.probability ? 0.0F : kept;
  }
  return mask.to(x.device(), x.scalar_type());
}

}  // namespace

torch::Tensor dropout_by_sample(const torch::Tensor& x, const Drop& drop, std::span<const RandomKey> keys) {
  if (drop.probability == 0) return x;
  return x * draw_mask(x, x.size(1), drop, keys);
}

torch::Tensor drop_path_by_sample(const torch::Tensor& x, const Drop& drop, std::span<const RandomKey> keys) {
  if (drop.probability == 0) return x;
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  return x * draw_mask(x, 1, drop, keys).view(shape);
}

}  // namespace foldwave::models
