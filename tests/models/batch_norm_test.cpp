#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "foldwave/models/models.h"

namespace foldwave::models {
namespace {

// Ranks are threads of this process; a sum is made by the last of them to arrive, in rank order.
class ThreadGroup {
 public:
  explicit ThreadGroup(int size) : size_(size), barrier_(size), slot_(size) {}
  SumOverGroup of_rank(int rank) {
    return [this, rank](torch::Tensor& tensor) {
      slot_[rank] = tensor;
      barrier_.arrive_and_wait();
      auto total = slot_[0].clone();
      for (int r = 1; r < size_; ++r) total += slot_[r];
      barrier_.arrive_and_wait();
      tensor.copy_(total);
    };
  }

 private:
  int size_;
  std::barrier<> barrier_;
  std::vector<torch::Tensor> slot_;
};

struct Step {
  torch::Tensor logits;  // of the whole batch
  std::vector<torch::Tensor> state, gradients;
};

const ModelConfig config{.name = "resnet18", .classes = 5, .channels = 1};

Step whole_batch(const torch::Tensor& x, const torch::Tensor& y) {
  const auto network = make_network(config, 1);
  network->train();
  Step step;
  step.logits = network->forward(x, {});
  torch::nn::functional::cross_entropy(step.logits, y).backward();
  for (const auto& p : network->parameters()) step.gradients.push_back(p.grad());
  for (const auto& [name, tensor] : state_dict(*network)) step.state.push_back(tensor);
  return step;
}

Step spread_batch(const torch::Tensor& x, const torch::Tensor& y, const std::vector<int64_t>& sizes) {
  const int ranks = static_cast<int>(sizes.size());
  ThreadGroup group(ranks);
  const auto xs = x.split_with_sizes(sizes), ys = y.split_with_sizes(sizes);
  std::vector<torch::Tensor> logits(ranks);
  std::vector<std::shared_ptr<Network>> networks;
  for (int r = 0; r < ranks; ++r) networks.push_back(make_network(config, 1));
  std::vector<std::thread> threads;
  for (int r = 0; r < ranks; ++r)
    threads.emplace_back([&, r] {
      networks[r]->train();
      synchronise_batch_norm(*networks[r], group.of_rank(r));
      logits[r] = networks[r]->forward(xs[r], {});
      const auto sum = torch::nn::functional::cross_entropy(
          logits[r], ys[r], torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum));
      (sum / x.size(0)).backward();
    });
  for (auto& thread : threads) thread.join();
  Step step{.logits = torch::cat(logits), .state = {}, .gradients = {}};
  for (size_t i = 0; i < networks[0]->parameters().size(); ++i) {
    auto total = networks[0]->parameters()[i].grad().clone();
    for (int r = 1; r < ranks; ++r) total += networks[r]->parameters()[i].grad();
    step.gradients.push_back(total);
  }
  for (const auto& [name, tensor] : state_dict(*networks[ranks - 1])) step.state.push_back(tensor);
  return step;
}

void expect_close(const std::vector<torch::Tensor>& got, const std::vector<torch::Tensor>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    const auto want = expected[i].to(torch::kDouble);
    const double scale = std::max(want.norm().item<double>(), 1e-3);
    EXPECT_LT((got[i].to(torch::kDouble) - want).norm().item<double>() / scale, 1e-4) << i;
  }
}

class SyncBatchNorm : public testing::TestWithParam<std::vector<int64_t>> {};

TEST_P(SyncBatchNorm, OfAnySlicesEqualsOneWholeBatch) {
  const auto generator = torch::make_generator<at::CPUGeneratorImpl>(7);
  const auto x = torch::randn({6, 1, 32, 48}, generator) * 2 + 1;
  const auto y = torch::arange(6) % 5;
  const Step whole = whole_batch(x, y), spread = spread_batch(x, y, GetParam());
  expect_close({spread.logits.detach()}, {whole.logits.detach()});
  expect_close(spread.gradients, whole.gradients);
  expect_close(spread.state, whole.state);
}

// A single value has no variance: it becomes the bias, and the running variance keeps a number.
TEST(BatchNorm, OfOneValueOrNoneStaysFinite) {
  for (const int64_t songs : {0, 1}) {
    const auto network = make_network(
        {.name = "mfcc_mlp", .classes = 5, .summary_width = 20, .hidden = {8}, .hidden_norm = true, .dropout = 0}, 1);
    network->train();
    const auto logits = network->forward(torch::randn({songs, 20}), std::vector<RandomKey>(static_cast<size_t>(songs)));
    EXPECT_EQ(logits.sizes(), (std::vector<int64_t>{songs, 5}));
    logits.sum().backward();
    for (const auto& [name, tensor] : state_dict(*network))
      EXPECT_TRUE(torch::isfinite(tensor).all().item<bool>()) << name << " after a batch of " << songs;
    for (const auto& p : network->parameters())
      EXPECT_TRUE(torch::isfinite(p.grad()).all().item<bool>()) << "after a batch of " << songs;
  }
}

INSTANTIATE_TEST_SUITE_P(Slices, SyncBatchNorm,
                         testing::Values(std::vector<int64_t>{3, 3}, std::vector<int64_t>{5, 1},
                                         std::vector<int64_t>{2, 0, 4}));

}  // namespace
}  // namespace foldwave::models
