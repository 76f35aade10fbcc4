#include "models/batch_norm.h"

#include <utility>

namespace foldwave::models {
namespace {

constexpr double momentum = 0.1;

struct Statistics {
  torch::Tensor mean, var;  // [channels] of all images of the group; biased variance
  torch::Tensor count;      // [] values a channel has in the group, float
};

// Mean and variance of this rank's values alone; only with at least one image.
std::pair<torch::Tensor, torch::Tensor> local_moments(const torch::Tensor& x, const torch::Tensor& like) {
  // The kernel is picked by the type of the running statistics: float ones keep bf16 inputs' moments in float.
  auto unused_mean = torch::zeros_like(like), unused_var = torch::ones_like(like);
  auto [mean, var] = at::batch_norm_update_stats(x, unused_mean, unused_var, 0.0);
  return {mean, var};
}

// Sums of deviations from `shift` (the running mean, equal on all ranks) rather than of the values themselves, so that
// little is lost where the mean is large against the standard deviation.
Statistics group_statistics(const torch::Tensor& x, const torch::Tensor& shift, const SumOverGroup& sum) {
  const int64_t channels = x.size(1), local = x.numel() / channels;
  auto packed = torch::zeros({2 * channels + 1}, shift.options());
  if (local > 0) {
    const auto [mean, var] = local_moments(x, shift);
    const auto deviation = mean - shift;
    packed.narrow(0, 0, channels).copy_(deviation * local);
    packed.narrow(0, channels, channels).copy_((var + deviation.square()) * local);
    packed.narrow(0, 2 * channels, 1).fill_(local);
  }
  if (sum) sum(packed);
  Statistics all;
  all.count = packed[2 * channels].clone();
  const auto n = all.count.clamp_min(1);
  const auto deviation = packed.narrow(0, 0, channels) / n;
  all.mean = shift + deviation;
  all.var = (packed.narrow(0, channels, channels) / n - deviation.square()).clamp_min_(0);
  return all;
}

void update_running(torch::Tensor& running_mean, torch::Tensor& running_var, const Statistics& now) {
  const auto weight = momentum * now.count.clamp_max(1);  // a batch without images changes nothing
  const auto unbiased = now.var * (now.count / (now.count - 1).clamp_min(1));
  running_mean.lerp_(now.mean, weight);
  running_var.lerp_(unbiased, weight);
}

class GroupBatchNorm : public torch::autograd::Function<GroupBatchNorm> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias, torch::Tensor running_mean,
                               torch::Tensor running_var, double epsilon, const SumOverGroup& sum) {
    const Statistics all = group_statistics(x, running_mean, sum);
    update_running(running_mean, running_var, all);
    context->save_for_backward({x, weight, all.mean, all.var, all.count});
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["sum"] = c10::IValue::make_capsule(c10::make_intrusive<SumHolder>(sum));
    if (x.size(0) == 0) return torch::empty_like(x);
    return std::get<0>(at::native_batch_norm(x, weight, bias, all.mean, all.var, false, 0.0, epsilon));
  }

  // dx = w / std * (dy - (sum dy + xhat * sum(dy * xhat)) / N), sums and N over the group. The kernel knows this rank's
  // sums only; what they lack is an affine function of xhat, which another pass of the normalisation kernel gives.
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &mean = saved[2], &var = saved[3], &count = saved[4];
    const double epsilon = context->saved_data["epsilon"].toDouble();
    const auto holder = context->saved_data["sum"].toCapsule();
    const auto& sum = static_cast<const SumHolder&>(*holder).sum;
    const int64_t channels = x.size(1), local = x.numel() / channels;
    const auto inverse_std = (var + epsilon).rsqrt();

    torch::Tensor dx = torch::empty_like(x), dweight = torch::zeros_like(weight), dbias = torch::zeros_like(weight);
    if (local > 0) {
      const auto dy = gradients[0].contiguous(x.suggest_memory_format());
      std::tie(dx, dweight, dbias) = at::native_batch_norm_backward(dy, x, weight, mean, var, mean, inverse_std, true,
                                                                    epsilon, {true, true, true});
    }
    auto packed = torch::cat({dbias, dweight});
    if (sum) sum(packed);
    if (local > 0) {
      const auto n = count.clamp_min(1), scale = weight * inverse_std;
      const auto missing_bias = scale * (dbias / local - packed.narrow(0, 0, channels) / n);
      const auto missing_weight = scale * (dweight / local - packed.narrow(0, channels, channels) / n);
      dx.add_(std::get<0>(at::native_batch_norm(x, missing_weight, missing_bias, mean, var, false, 0.0, epsilon)));
    }
    return {dx, dweight, dbias, {}, {}, {}, {}};
  }

 private:
  struct SumHolder : torch::CustomClassHolder {
    explicit SumHolder(SumOverGroup s) : sum(std::move(s)) {}
    SumOverGroup sum;
  };
};

}  // namespace

BatchNorm2d::BatchNorm2d(int channels, double epsilon) : epsilon_(epsilon) {
  weight = register_parameter("weight", torch::ones({channels}));
  bias = register_parameter("bias", torch::zeros({channels}));
  running_mean = register_buffer("running_mean", torch::zeros({channels}));
  running_var = register_buffer("running_var", torch::ones({channels}));
  num_batches_tracked = register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
}

torch::Tensor BatchNorm2d::forward(const torch::Tensor& x) {
  if (is_training()) num_batches_tracked.add_(1);
  // PyTorch's kernel knows no variance of a single value, and no empty batch.
  const bool few = x.numel() < 2 * x.size(1);
  if (is_training() && (sum_ || few))
    return GroupBatchNorm::apply(x, weight, bias, running_mean, running_var, epsilon_, sum_);
  return torch::batch_norm(x, weight, bias, running_mean, running_var, is_training(), momentum, epsilon_, true);
}

}  // namespace foldwave::models
