#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include "foldwave/models/models.h"

namespace foldwave::models {
namespace {

const ModelConfig small{.name = "mfcc_mlp", .classes = 3, .summary_width = 8, .hidden = {16, 12}, .dropout = 0.5};

std::vector<RandomKey> keys_of_songs(int n) {
  std::vector<RandomKey> keys(n);
  for (int i = 0; i < n; ++i) keys[i] = {.seed = 1, .epoch = 2, .song = 100U + i};
  return keys;
}

TEST(MfccMlp, IsNamedAsPythonsSequential) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state_dict(*make_network(small, 1))) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.weight", "0.bias", "3.weight", "3.bias", "6.weight", "6.bias"}));
}

TEST(MfccMlp, DropsTheSameUnitsHoweverTheBatchIsSpread) {
  const auto network = make_network(small, 1);
  network->train();
  const auto x = torch::ones({6, 8});
  const auto keys = keys_of_songs(6);
  const auto whole = network->forward(x, keys);
  const auto head = network->forward(x.narrow(0, 0, 2), std::span(keys).first(2));
  const auto tail = network->forward(x.narrow(0, 2, 4), std::span(keys).subspan(2));
  EXPECT_TRUE(torch::allclose(whole, torch::cat({head, tail}), 1e-6, 1e-6));
  EXPECT_FALSE(torch::allclose(whole[0], whole[1]));  // one mask a sample
}

TEST(MfccMlp, DropsNothingInEvaluation) {
  const auto network = make_network(small, 1);
  network->eval();
  const auto x = torch::ones({2, 8});
  const auto y = network->forward(x, {});
  EXPECT_TRUE(torch::equal(y[0], y[1]));
}

TEST(MfccMlp, TakesAnEmptySliceOfABatch) {
  const auto network = make_network(small, 1);
  network->train();
  network->forward(torch::zeros({0, 8}), {}).sum().backward();
  for (const auto& p : network->parameters()) EXPECT_EQ(p.grad().abs().max().item<float>(), 0);
}

const ModelConfig normalised{
    .name = "mfcc_mlp", .classes = 3, .summary_width = 8, .hidden = {16, 12}, .hidden_norm = true, .dropout = 0};

TEST(MfccMlp, WithBatchNormalisationIsStillNamedAsPythonsSequential) {
  std::vector<std::string> expected, got;
  for (const char* hidden : {"0 1", "4 5"}) {
    const std::string linear(1, hidden[0]), norm(1, hidden[2]);
    for (const char* tensor : {"weight", "bias"}) expected.push_back(linear + "." + tensor);
    for (const char* tensor : {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"})
      expected.push_back(norm + "." + tensor);
  }
  expected.insert(expected.end(), {"8.weight", "8.bias"});
  for (const auto& [name, tensor] : state_dict(*make_network(normalised, 1))) got.push_back(name);
  EXPECT_EQ(got, expected);
}

TEST(MfccMlp, NormalisesOverTheBatchInTrainingAndByItsRunningMeanInEvaluation) {
  const auto network = make_network(normalised, 1);
  const auto x = torch::randn({6, 8}, at::make_generator<at::CPUGeneratorImpl>(5));
  const auto running_mean = network->named_buffers()["1.running_mean"];
  const auto before = running_mean.clone();

  network->eval();
  const auto whole = network->forward(x, {});
  EXPECT_TRUE(torch::allclose(whole.narrow(0, 0, 1), network->forward(x.narrow(0, 0, 1), {}), 1e-5, 1e-6));
  EXPECT_TRUE(torch::equal(running_mean, before));

  network->train();
  const auto keys = keys_of_songs(6);
  const auto of_six = network->forward(x, keys);
  const auto of_two = network->forward(x.narrow(0, 0, 2), std::span(keys).first(2));
  EXPECT_FALSE(torch::allclose(of_six.narrow(0, 0, 2), of_two));
  EXPECT_FALSE(torch::equal(running_mean, before));
}

}  // namespace
}  // namespace foldwave::models
