#include "training/reducer.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <functional>

namespace foldwave::training {
namespace {

constexpr size_t first_bucket_bytes = 1 << 20, bucket_bytes = 25 << 20;
constexpr int64_t alignment = 64;  // floats, of where a bucket begins: more than NCCL or a vector wants

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
  add_buckets(bucket_layout(parameters_));
  for (size_t i = 0; i < parameters_.size(); ++i)
    torch::autograd::impl::set_post_acc_grad_hooks(
        parameters_[i], std::make_unique<CallWhenAccumulated>([this, i] { gradient_is_there(i); }));
}

// Gradients are views of the buckets, whose memory goes back to the communicator.
Reducer::~Reducer() {
  if (buckets_.empty()) return;
  for (auto& p : parameters_) {
    torch::autograd::impl::set_post_acc_grad_hooks(p, nullptr);
    p.mutable_grad().reset();
  }
}

// All in one piece of memory, the tail behind the last.
void Reducer::add_buckets(std::vector<std::vector<size_t>> layout) {
  std::vector<int64_t> begin{0};
  for (const auto& bucket : layout) {
    int64_t floats = 0;
    for (const size_t i : bucket) floats += parameters_[i].numel();
    begin.push_back(begin.back() + (floats + alignment - 1) / alignment * alignment);
  }
  const torch::Tensor room = room_for(begin.back() + static_cast<int64_t>(tail_));
  for (size_t i = 0; i < layout.size(); ++i)
    add_bucket(std::move(layout[i]), room, begin[i], i + 1 < layout.size() ? 0 : static_cast<int64_t>(tail_));
}

torch::Tensor Reducer::room_for(int64_t floats) const {
  const auto options = parameters_[0].options().requires_grad(false);
  if (!parameters_[0].is_cpu()) return torch::zeros({floats}, options);
  std::shared_ptr<float[]> buffer = sums_.communicator().buffer(static_cast<size_t>(floats));
  float* const values = buffer.get();
  return torch::from_blob(
      values, {floats}, [held = std::move(buffer)](void*) {}, options);
}

void Reducer::add_bucket(std::vector<size_t> parameters, const torch::Tensor& room, int64_t begin, int64_t extra) {
  Bucket bucket;
  int64_t end = begin;
  for (const size_t i : parameters) {
    const auto& p = parameters_[i];
    place_[i] = {buckets_.size(), bucket.views.size()};
    bucket.views.push_back(room.as_strided(p.sizes(), p.strides(), end));  // channels-last weights stay so
    end += p.numel();
  }
  bucket.flat = room.narrow(0, begin, end + extra - begin);
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
  started_ = static_cast<size_t>(std::count_if(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(sums_.made()),
                                               [](const StepSums::Sum& sum) { return !sum.at_once; }));
  std::vector<torch::Tensor> zeros;
  while (sums_.made() + 1 < sums.size()) {
    const auto [size, at_once] = sums[sums_.made()];
    if (at_once) {
      zeros.push_back(torch::zeros({static_cast<int64_t>(size)}, buckets_[0].flat.options()));
      sums_.make(floats_of(zeros.back()));
    } else {
      buckets_[started_].flat.zero_();
      start(buckets_[started_]);
    }
  }
  if (sums_.made() >= sums.size()) return;  // it failed behind the last one
  buckets_.back().flat.zero_();
  sum_last(tail);
}

}  // namespace foldwave::training
