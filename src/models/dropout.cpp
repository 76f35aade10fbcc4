#include "models/dropout.h"

namespace foldwave::models {

torch::Tensor dropout_by_sample(const torch::Tensor& x, double probability, int layer,
                                std::span<const RandomKey> keys) {
  if (probability == 0) return x;
  TORCH_CHECK(static_cast<int64_t>(keys.size()) == x.size(0), "dropout: ", keys.size(), " keys for ", x.size(0),
              " samples");
  const int64_t width = x.size(1);
  auto mask = torch::empty({x.size(0), width});
  float* value = mask.data_ptr<float>();
  const float kept = static_cast<float>(1 / (1 - probability));
  for (RandomKey key : keys) {
    key.transform = static_cast<uint16_t>(draw::dropout + layer);
    Random random(key);
    for (int64_t i = 0; i < width; ++i) *value++ = random.uniform() < probability ? 0.0F : kept;
  }
  return x * mask.to(x.device(), x.scalar_type());
}

}  // namespace foldwave::models
