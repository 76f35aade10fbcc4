#include "models/activation.h"

namespace foldwave::models {

torch::Tensor activate(torch::Tensor x, Activation activation) {
  switch (activation) {
    case Activation::none: return x;
    case Activation::relu: return x.relu_();
    case Activation::relu6: return at::hardtanh_(x, 0, 6);
    case Activation::sigmoid: return x.sigmoid_();
    // The gradients of these need x itself: in place, autograd would keep a copy.
    case Activation::silu: return at::silu(x);
    case Activation::hard_swish: return at::hardswish(x);
    case Activation::hard_sigmoid: return at::hardsigmoid(x);
  }
  TORCH_CHECK(false, "no such activation");
}

}  // namespace foldwave::models
