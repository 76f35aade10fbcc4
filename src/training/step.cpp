#include "training/step.h"

#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "training/agree.h"
#include "training/placement.h"

namespace foldwave::training {
namespace {

// What travels behind the last bucket: stop, error, the loss's sum of weights, the tally, then rank 0's own statistics.
constexpr size_t stop_at = 0, error_at = 1, weight_at = 2, tally_at = 3;

std::shared_ptr<models::Network> placed(std::shared_ptr<models::Network> network, const torch::Device& device) {
  place_network(*network, device);
  return network;
}

Tally count(const torch::Tensor& guesses, std::span<const int> label, int classes) {
  Tally tally(classes);
  if (label.empty()) return tally;
  const auto guess = guesses.to(torch::kCPU);
  const int64_t* g = guess.data_ptr<int64_t>();
  for (size_t i = 0; i < label.size(); ++i) {
    tally.hits[label[i]] += g[i] == label[i];
    ++tally.predicted[g[i]];
    ++tally.truth[label[i]];
  }
  return tally;
}

// A mixture of songs counts as the one that has the greater share in it.
std::vector<int> counted_labels(const batches::Batch& batch, size_t begin, size_t end) {
  std::vector<int> counted(batch.label.begin() + static_cast<std::ptrdiff_t>(begin),
                           batch.label.begin() + static_cast<std::ptrdiff_t>(end));
  if (batch.share.empty()) return counted;
  for (size_t i = begin; i < end; ++i)
    if (batch.share[i] < 0.5F) counted[i - begin] = batch.other_label[i];
  return counted;
}

std::vector<torch::Tensor> running_statistics(const models::Network& network) {
  std::vector<torch::Tensor> found;
  for (const auto& buffer : network.buffers())
    if (buffer.is_floating_point()) found.push_back(buffer);
  return found;
}

size_t floats_in(const std::vector<torch::Tensor>& tensors) {
  size_t floats = 0;
  for (const auto& tensor : tensors) floats += static_cast<size_t>(tensor.numel());
  return floats;
}

torch::Tensor to_tensor(std::span<const int> label, const torch::Device& device) {
  return torch::tensor(std::vector<int64_t>(label.begin(), label.end()), torch::kLong).to(device);
}

torch::Tensor to_tensor(std::span<const float> values, const torch::Device& device) {
  return torch::tensor(std::vector<float>(values.begin(), values.end())).to(device);
}

}  // namespace

StepConfig step_config(const TrainConfig& config, int classes, Precision precision, const torch::Device& device,
                       std::vector<int64_t> sample_shape) {
  return {.classes = classes,
          .label_smoothing = config.label_smoothing,
          .gradient_clip = config.gradient_clip,
          .class_weight = {},
          .optimiser = {.sgd = config.optimiser == "sgd",
                        .weight_decay = config.weight_decay,
                        .decay_matrices_only = config.decay_matrices_only},
          .accumulate = std::min(config.accumulate, config.batch),
          .sync_batchnorm = config.sync_batchnorm,
          .precision = precision,
          .device = device,
          .sample_shape = std::move(sample_shape)};
}

TrainingStep::TrainingStep(std::shared_ptr<models::Network> network, comm::Communicator& communicator,
                           StepConfig config)
    : network_(placed(std::move(network), config.device)),
      config_(std::move(config)),
      sums_(communicator),
      own_statistics_(communicator.size() == 1 || config_.sync_batchnorm ? std::vector<torch::Tensor>()
                                                                         : running_statistics(*network_)),
      tail_size_(tally_at + tally_floats(config_.classes) + floats_in(own_statistics_)),
      optimiser_(network_->parameters(), config_.optimiser) {
  reducer_.emplace(optimiser_.parameters(), sums_, tail_size_);
  if (!config_.class_weight.empty()) class_weight_ = to_tensor(config_.class_weight, config_.device);
  if (communicator.size() == 1) return;
  if (!config_.device.is_cpu() && !communicator.on_device())
    throw SystemError("training: a group of GPUs needs NCCL, which this build or machine does not have");
  if (config_.sync_batchnorm)
    models::synchronise_batch_norm(*network_, [this](torch::Tensor& tensor) {
      sums_.make({tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())});
    });
  learn_sums();
}

void TrainingStep::let_body_learn(bool learns) {
  if (learns == body_learns_) return;
  body_learns_ = learns;
  std::exception_ptr failure;
  try {
    for (auto& parameter : optimiser_.body()) {
      parameter.set_requires_grad(learns);
      parameter.mutable_grad().reset();
    }
    reducer_.emplace(learns ? optimiser_.parameters() : optimiser_.head(), sums_, tail_size_);
    if (sums_.communicator().size() > 1) learn_sums();
  } catch (...) {
    failure = std::current_exception();
  }
  agree(failure, "preparing the next steps", sums_.communicator(), config_.device);
}

// A pass with no songs takes the same way through the network and leaves nothing behind but the order of its sums.
void TrainingStep::learn_sums() {
  std::vector<torch::Tensor> kept;
  for (const auto& buffer : network_->buffers()) kept.push_back(buffer.clone());
  batches::Batch empty;
  empty.part_end.resize(static_cast<size_t>(config_.accumulate));
  empty.shape = {0};
  empty.shape.insert(empty.shape.end(), config_.sample_shape.begin(), config_.sample_shape.end());
  std::vector<float> tail(tail_size_);
  sums_.begin_learning();
  reducer_->begin_step();
  forward_backward(empty, 1);
  reducer_->finish(tail);
  sums_.end_learning();
  torch::NoGradGuard no_grad;
  const auto buffers = network_->buffers();
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].copy_(kept[i]);
}

// The others bring zeros, so that the sum is what rank 0 has.
void TrainingStep::hand_out_statistics(std::span<float> tail) const {
  if (sums_.communicator().rank() != 0) return;
  auto to = tail.last(floats_in(own_statistics_));
  for (const auto& own : own_statistics_) {
    const int64_t n = own.numel();
    torch::from_blob(to.data(), {n}).copy_(own);
    to = to.subspan(static_cast<size_t>(n));
  }
}

void TrainingStep::take_statistics(std::span<const float> tail) {
  torch::NoGradGuard no_grad;
  auto from = tail.last(floats_in(own_statistics_));
  for (auto& own : own_statistics_) {
    const int64_t n = own.numel();
    own.copy_(torch::from_blob(const_cast<float*>(from.data()), {n}));
    from = from.subspan(static_cast<size_t>(n));
  }
}

TrainingStep::Passed TrainingStep::forward_backward(const batches::Batch& batch, int songs) {
  network_->train();
  const auto x = to_tensor(batch, config_.device);
  Passed all{Tally(config_.classes)};
  for (int part = 0; part < config_.accumulate; ++part) {
    const int begin = part == 0 ? 0 : batch.part_end[static_cast<size_t>(part) - 1];
    reducer_->hold(part + 1 < config_.accumulate);
    const Passed passed = pass(x, batch, static_cast<size_t>(begin), static_cast<size_t>(batch.part_end[part]), songs);
    all.tally.add(passed.tally);
    all.weight += passed.weight;
  }
  return all;
}

// The labels' share of the mean's divisor: 1 a song, or the weight of its class, blended as its label is.
double TrainingStep::weight_of(const batches::Batch& batch, size_t begin, size_t end) const {
  if (config_.class_weight.empty()) return static_cast<double>(end - begin);
  double sum = 0;
  for (size_t i = begin; i < end; ++i) {
    const double share = batch.share.empty() ? 1 : batch.share[i];
    sum += share * config_.class_weight[batch.label[i]];
    if (share < 1) sum += (1 - share) * config_.class_weight[batch.other_label[i]];
  }
  return sum;
}

TrainingStep::Passed TrainingStep::pass(const torch::Tensor& x, const batches::Batch& batch, size_t begin, size_t end,
                                        int songs) {
  const auto part_of = [&](const auto& all) { return std::span(all).subspan(begin, end - begin); };
  // What a device reads goes there before it computes, and what it found is read after the last of its work was asked
  // for: each copy waits for all that came before.
  const auto label = part_of(batch.label);
  const bool mixed = !batch.share.empty();
  const auto truth = to_tensor(label, config_.device);
  torch::Tensor share, other;
  if (mixed) {
    share = to_tensor(part_of(batch.share), config_.device);
    other = to_tensor(part_of(batch.other_label), config_.device);
  }
  torch::Tensor logits, loss;
  {
    const Autocast autocast(config_.precision, config_.device);
    const auto part = x.narrow(0, static_cast<int64_t>(begin), static_cast<int64_t>(end - begin));
    logits = network_->forward(part, part_of(batch.key)).to(torch::kFloat);
    const auto loss_of = [&](const torch::Tensor& label_there) {
      return at::cross_entropy_loss(logits, label_there, class_weight_, at::Reduction::None, -100,
                                    config_.label_smoothing);
    };
    loss = loss_of(truth);
    if (mixed) loss = share * loss + (1 - share) * loss_of(other);
  }
  const auto guess = logits.detach().argmax(1);
  const auto sum = loss.sum();
  (sum / songs).backward();  // the ranks' sum is the gradient of the mean over the group's songs
  Passed passed{count(guess, counted_labels(batch, begin, end), config_.classes), weight_of(batch, begin, end)};
  passed.tally.loss = sum.item<double>();
  return passed;
}

StepOutcome TrainingStep::operator()(const std::function<const batches::Batch&()>& next_batch, int songs,
                                     const Rates& rates, std::exception_ptr failure) {
  std::vector<float> tail(tail_size_);
  let_body_learn(rates.body != 0);
  reducer_->begin_step();
  if (!failure) try {
      const Passed mine = forward_backward(next_batch(), songs);
      tail[stop_at] = StopFlag::raised() ? 1 : 0;
      tail[weight_at] = static_cast<float>(mine.weight);
      pack(mine.tally, std::span(tail).subspan(tally_at));
      hand_out_statistics(tail);
      reducer_->finish(tail);
    } catch (...) {
      failure = std::current_exception();
    }
  if (failure) {
    std::fill(tail.begin(), tail.end(), 0.0F);
    tail[error_at] = 1;
    try {
      reducer_->abandon(tail);
    } catch (const std::exception&) {
      // The first failure is the one to report; peers that can no longer be reached find out by their deadline.
    }
    std::rethrow_exception(failure);
  }
  if (tail[error_at] != 0) throw comm::PeerFailed("another rank of the group failed in this step");
  StepOutcome outcome{unpack(std::span(tail).subspan(tally_at), config_.classes), tail[stop_at] != 0};
  if (!std::isfinite(outcome.tally.loss)) throw SystemError("the loss is not finite");
  if (!config_.class_weight.empty()) outcome.tally.loss *= songs / tail[weight_at];
  try {
    update(tail, songs, rates);
  } catch (...) {
    outcome.failure = std::current_exception();
  }
  return outcome;
}

void TrainingStep::update(std::span<const float> tail, int songs, const Rates& rates) {
  take_statistics(tail);
  // A mean over weights, which were not known before the sum.
  if (!config_.class_weight.empty()) scale_gradients(optimiser_.gradients(rates), songs / tail[weight_at]);
  if (config_.gradient_clip > 0) clip_gradients(optimiser_.gradients(rates), config_.gradient_clip);
  optimiser_.step(rates);
}

}  // namespace foldwave::training
