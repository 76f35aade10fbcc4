#include "training/step.h"

#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "training/placement.h"

namespace foldwave::training {
namespace {

// What travels behind the last bucket: stop, error, then the tally.
constexpr size_t flags = 2;

std::shared_ptr<models::Network> placed(std::shared_ptr<models::Network> network, const torch::Device& device) {
  place_network(*network, device);
  return network;
}

Tally count(const torch::Tensor& logits, const std::vector<int>& label, int classes) {
  Tally tally(classes);
  if (label.empty()) return tally;
  const auto guess = logits.argmax(1).to(torch::kCPU);
  const int64_t* g = guess.data_ptr<int64_t>();
  for (size_t i = 0; i < label.size(); ++i) {
    tally.hits[label[i]] += g[i] == label[i];
    ++tally.predicted[g[i]];
    ++tally.truth[label[i]];
  }
  return tally;
}

}  // namespace

TrainingStep::TrainingStep(std::shared_ptr<models::Network> network, comm::Communicator& communicator,
                           StepConfig config)
    : network_(placed(std::move(network), config.device)),
      config_(std::move(config)),
      sums_(communicator),
      optimiser_(network_->parameters(), config_.weight_decay),
      reducer_(network_->parameters(), sums_, flags + tally_floats(config_.classes)) {
  if (communicator.size() == 1) return;
  if (!config_.device.is_cpu() && !communicator.on_device())
    throw SystemError("training: a group of GPUs needs NCCL, which this build or machine does not have");
  models::synchronise_batch_norm(*network_, [this](torch::Tensor& tensor) {
    sums_.start({tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())});
    sums_.wait();
  });
  learn_sums();
}

// A pass with no songs takes the same way through the network and leaves nothing behind but the order of its sums.
void TrainingStep::learn_sums() {
  std::vector<torch::Tensor> kept;
  for (const auto& buffer : network_->buffers()) kept.push_back(buffer.clone());
  batches::Batch empty;
  empty.shape = {0};
  empty.shape.insert(empty.shape.end(), config_.sample_shape.begin(), config_.sample_shape.end());
  std::vector<float> tail(flags + tally_floats(config_.classes));
  sums_.begin_learning();
  reducer_.begin_step();
  forward_backward(empty, 1);
  reducer_.finish(tail);
  sums_.end_learning();
  torch::NoGradGuard no_grad;
  const auto buffers = network_->buffers();
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].copy_(kept[i]);
}

Tally TrainingStep::forward_backward(const batches::Batch& batch, int songs) {
  network_->train();
  torch::Tensor logits, loss;
  {
    const Autocast autocast(config_.precision, config_.device);
    const auto x = to_tensor(batch, config_.device);
    logits = network_->forward(x, batch.key).to(torch::kFloat);
    const auto label =
        torch::tensor(std::vector<int64_t>(batch.label.begin(), batch.label.end()), torch::kLong).to(config_.device);
    loss = at::cross_entropy_loss(logits, label, {}, at::Reduction::Sum, -100, config_.label_smoothing);
  }
  (loss / songs).backward();  // the ranks' sum is the gradient of the mean over the group's songs
  Tally tally = count(logits.detach(), batch.label, config_.classes);
  tally.loss = loss.item<double>();
  return tally;
}

StepOutcome TrainingStep::operator()(const std::function<const batches::Batch&()>& next_batch, int songs,
                                     const Rates& rates, std::exception_ptr failure) {
  std::vector<float> tail(flags + tally_floats(config_.classes));
  reducer_.begin_step();
  if (!failure) try {
      const Tally mine = forward_backward(next_batch(), songs);
      tail[0] = StopFlag::raised() ? 1 : 0;
      pack(mine, std::span(tail).subspan(flags));
      reducer_.finish(tail);
    } catch (...) {
      failure = std::current_exception();
    }
  if (failure) {
    std::fill(tail.begin(), tail.end(), 0.0F);
    tail[1] = 1;
    try {
      reducer_.abandon(tail);
    } catch (const std::exception&) {
      // The first failure is the one to report; peers that can no longer be reached find out by their deadline.
    }
    std::rethrow_exception(failure);
  }
  if (tail[1] != 0) throw SystemError("another rank of the group failed in this step");
  StepOutcome outcome{unpack(std::span(tail).subspan(flags), config_.classes), tail[0] != 0};
  if (!std::isfinite(outcome.tally.loss)) throw SystemError("the loss is not finite");
  if (config_.gradient_clip > 0) clip_gradients(optimiser_.parameters(), config_.gradient_clip);
  optimiser_.step(rates);
  return outcome;
}

}  // namespace foldwave::training
