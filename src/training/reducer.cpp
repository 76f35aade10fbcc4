#include "training/reducer.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <functional>

namespace foldwave::training {
namespace {

constexpr size_t first_bucket_bytes = 1 << 20, bucket_bytes = 25 << 20;

class CallWhenAccumulated : public torch::autograd::PostAccumulateGradHook {
 public:
  explicit CallWhenAccumulated(std::function<void()> call) : call_(std::move(call)) {}
  void operator()(const torch::autograd::Variable&) override { call_(); }

 private:
  std::function<void()> call_;
};

std::span<float> floats_of(const torch::Tensor& flat) {
  return {flat.data_ptr<float>(), static_cast<size_t>(flat.numel())};
}

}  // namespace

std::vector<std::vector<size_t>> bucket_layout(const std::vector<torch::Tensor>& parameters) {
  std::vector<std::vector<size_t>> buckets(1);
  size_t filled = 0;
  for (size_t i = parameters.size(); i-- > 0;) {
    const size_t bytes = static_cast<size_t>(parameters[i].numel()) * sizeof(float);
    const size_t limit = buckets.size() == 1 ? first_bucket_bytes : bucket_bytes;
    if (!buckets.back().empty() && filled + bytes > limit) {
      buckets.emplace_back();
      filled = 0;
    }
    buckets.back().push_back(i);
    filled += bytes;
  }
  return buckets;
}

Reducer::Reducer(std::vector<torch::Tensor> parameters, StepSums& sums, size_t tail)
    : parameters_(std::move(parameters)),
      sums_(sums),
      tail_(tail),
      place_(parameters_.size()),
      has_gradient_(parameters_.size()) {
  if (sums_.communicator().size() == 1) return;  // nothing to sum: gradients stay where autograd puts them
  auto layout = bucket_layout(parameters_);
  for (auto& bucket : layout) add_bucket(std::move(bucket), buckets_.size() + 1 == layout.size() ? tail_ : 0);
  for (size_t i = 0; i < parameters_.size(); ++i)
    torch::autograd::impl::set_post_acc_grad_hooks(
        parameters_[i], std::make_unique<CallWhenAccumulated>([this, i] { gradient_is_there(i); }));
}

Reducer::~Reducer() {
  if (buckets_.empty()) return;
  for (const auto& p : parameters_) torch::autograd::impl::set_post_acc_grad_hooks(p, nullptr);
}

void Reducer::add_bucket(std::vector<size_t> parameters, size_t extra) {
  Bucket bucket;
  int64_t size = static_cast<int64_t>(extra);
  for (const size_t i : parameters) size += parameters_[i].numel();
  bucket.flat = torch::zeros({size}, parameters_[0].options().requires_grad(false));
  int64_t offset = 0;
  for (const size_t i : parameters) {
    const auto& p = parameters_[i];
    place_[i] = {buckets_.size(), bucket.views.size()};
    bucket.views.push_back(bucket.flat.as_strided(p.sizes(), p.strides(), offset));  // channels-last weights stay so
    offset += p.numel();
  }
  bucket.parameters = std::move(parameters);
  buckets_.push_back(std::move(bucket));
}

void Reducer::begin_step() {
  sums_.begin_step();
  started_ = 0;
  std::fill(has_gradient_.begin(), has_gradient_.end(), 0);
  for (auto& bucket : buckets_) bucket.missing = bucket.parameters.size();
  // Undefined, so that autograd hands a new gradient over instead of adding it to zeros.
  for (auto& p : parameters_) p.mutable_grad().reset();
}

void Reducer::hold(bool on) { held_ = on; }

void Reducer::gradient_is_there(size_t parameter) {
  if (held_) return;
  torch::NoGradGuard no_grad;
  Bucket& bucket = buckets_[place_[parameter].bucket];
  auto& view = bucket.views[place_[parameter].position];
  view.copy_(parameters_[parameter].grad());
  parameters_[parameter].mutable_grad() = view;
  has_gradient_[parameter] = 1;
  --bucket.missing;
  start_full_buckets();
}

// Strictly in their order, so that all ranks start the same sums one after the other. The last waits for the tail.
void Reducer::start_full_buckets() {
  while (started_ + 1 < buckets_.size() && buckets_[started_].missing == 0) start(buckets_[started_]);
}

void Reducer::start(Bucket& bucket) {
  ++started_;
  sums_.start(floats_of(bucket.flat));
}

void Reducer::finish(std::span<float> tail) {
  if (buckets_.empty()) return;
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < parameters_.size(); ++i)
    if (!has_gradient_[i]) buckets_[place_[i].bucket].views[place_[i].position].zero_();
  while (started_ + 1 < buckets_.size()) start(buckets_[started_]);
  sum_last(tail);
}

void Reducer::sum_last(std::span<float> tail) {
  auto behind = buckets_.back().flat.narrow(0, buckets_.back().flat.numel() - static_cast<int64_t>(tail_),
                                            static_cast<int64_t>(tail_));
  const auto host = torch::from_blob(tail.data(), {static_cast<int64_t>(tail.size())});
  behind.copy_(host);
  start(buckets_.back());
  sums_.wait();
  host.copy_(behind);
}

void Reducer::abandon(std::span<float> tail) {
  if (buckets_.empty()) return;
  torch::NoGradGuard no_grad;
  const auto& sums = sums_.sums();
  // Sums that are under way use the buckets, so zeros come from elsewhere.
  std::vector<torch::Tensor> zeros;
  while (sums_.made() + 1 < sums.size()) {
    const auto [size, at_once] = sums[sums_.made()];
    zeros.push_back(torch::zeros({static_cast<int64_t>(size)}, buckets_[0].flat.options()));
    at_once ? sums_.make(floats_of(zeros.back())) : sums_.start(floats_of(zeros.back()));
  }
  if (sums_.made() >= sums.size()) return;  // it failed behind the last one
  buckets_.back().flat.zero_();
  started_ = buckets_.size() - 1;
  sum_last(tail);
}

}  // namespace foldwave::training
