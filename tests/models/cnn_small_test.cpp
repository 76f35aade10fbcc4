#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <set>

#include "foldwave/models/models.h"

namespace foldwave::models {
namespace {

const ModelConfig small{.name = "cnn_small", .classes = 3, .dropout = 0.5, .cnn_channels = {4, 6, 8, 10}};

std::vector<RandomKey> keys_of_songs(int n) {
  std::vector<RandomKey> keys(n);
  for (int i = 0; i < n; ++i) keys[i] = {.seed = 1, .epoch = 2, .song = 100U + i};
  return keys;
}

TEST(CnnSmall, TakesPicturesOfAnySize) {
  const auto network = make_network(small, 1);
  network->eval();
  const torch::NoGradGuard no_grad;
  const std::pair<int, int> sizes[] = {{128, 256}, {16, 8}, {17, 33}, {96, 1}, {1, 1}};
  for (const auto& [mels, frames] : sizes) {
    const auto y = network->forward(torch::ones({2, 1, mels, frames}), {});
    EXPECT_EQ(y.sizes(), (std::vector<int64_t>{2, 3})) << mels << " x " << frames;
    EXPECT_TRUE(y.isfinite().all().item<bool>()) << mels << " x " << frames;
  }
}

TEST(CnnSmall, HasNamesOfItsOwnAndTheClassifierLast) {
  const auto state = state_dict(*make_network(small, 1));
  std::set<std::string> names;
  for (const auto& [name, tensor] : state) names.insert(name);
  EXPECT_EQ(names.size(), state.size());
  ASSERT_GE(state.size(), 2u);
  EXPECT_EQ(state.front().first, "blocks.0.conv1.weight");
  EXPECT_EQ(state[state.size() - 2].first, "fc.weight");
  EXPECT_EQ(state.back().first, "fc.bias");
  EXPECT_EQ(state[state.size() - 2].second.sizes(), (std::vector<int64_t>{3, 10}));
}

TEST(CnnSmall, DropsTheSameUnitsHoweverTheBatchIsSpread) {
  const auto network = make_network(small, 1);
  network->train();
  network->named_children()["blocks"]->eval();  // else batch normalisation ties the samples of a batch together
  const auto x = torch::ones({6, 1, 16, 16});
  const auto keys = keys_of_songs(6);
  const auto whole = network->forward(x, keys);
  const auto head = network->forward(x.narrow(0, 0, 2), std::span(keys).first(2));
  const auto tail = network->forward(x.narrow(0, 2, 4), std::span(keys).subspan(2));
  EXPECT_TRUE(torch::allclose(whole, torch::cat({head, tail}), 1e-5, 1e-6));
  EXPECT_FALSE(torch::allclose(whole[0], whole[1]));  // one mask a sample
}

TEST(CnnSmall, LearnsWhichHalfOfThePictureIsLoud) {
  const auto network = make_network({.name = "cnn_small", .classes = 2, .dropout = 0, .cnn_channels = {4, 4, 8, 8}}, 1);
  network->train();
  const auto noise = torch::randn({8, 1, 16, 16}, at::make_generator<at::CPUGeneratorImpl>(5));
  const auto label = torch::arange(8).remainder(2);
  auto x = noise * 0.1;
  for (int i = 0; i < 8; ++i) x[i].narrow(1, i % 2 == 0 ? 0 : 8, 8) += 1;  // low or high mel bands
  torch::optim::Adam optimiser(network->parameters(), torch::optim::AdamOptions(0.01));
  std::vector<float> losses;
  for (int step = 0; step < 30; ++step) {
    optimiser.zero_grad();
    const auto loss = torch::cross_entropy_loss(network->forward(x, keys_of_songs(8)), label);
    loss.backward();
    optimiser.step();
    losses.push_back(loss.item<float>());
  }
  EXPECT_LT(losses.back(), losses.front() / 4);
}

}  // namespace
}  // namespace foldwave::models
