#include <gtest/gtest.h>

#include "golden.h"

namespace foldwave::models {
namespace {

// float32 against float32: the order of summation alone gives some 1e-6; the issue allows 1e-4.
constexpr double tolerance = 1e-4;

class Backbone : public testing::TestWithParam<const char*> {
 protected:
  std::shared_ptr<Network> network_ = make_network({.name = GetParam(), .classes = 19, .channels = 1}, 1);
  const nlohmann::ordered_json& expected_ = golden::of(GetParam());
};

TEST_P(Backbone, HasTimmsStateDictInTimmsOrder) {
  std::vector<std::pair<std::string, std::vector<int64_t>>> expected, got;
  for (const auto& [name, shape] : expected_.at("state").items())
    expected.emplace_back(name, shape.get<std::vector<int64_t>>());
  for (const auto& [name, tensor] : state_dict(*network_)) got.emplace_back(name, tensor.sizes().vec());
  EXPECT_EQ(got, expected);
}

TEST_P(Backbone, GivesTimmsLogitsInEvaluation) {
  golden::fill_network(*network_);
  network_->eval();
  torch::NoGradGuard no_grad;
  EXPECT_LT(golden::relative_error(network_->forward(golden::inputs(), {}), golden::matrix(expected_.at("logits"))),
            tolerance);
}

TEST_P(Backbone, GivesTimmsLogitsLossAndGradientsInTraining) {
  golden::fill_network(*network_);
  network_->train();
  network_->to(torch::kCPU);
  for (auto& p : network_->parameters())
    if (p.dim() == 4) p.set_data(p.detach().contiguous(torch::MemoryFormat::ChannelsLast));
  const std::vector<RandomKey> keys(2);
  const auto logits = network_->forward(golden::inputs().contiguous(torch::MemoryFormat::ChannelsLast), keys);
  EXPECT_LT(golden::relative_error(logits.detach(), golden::matrix(expected_.at("train_logits"))), tolerance);
  const auto loss = torch::nn::functional::cross_entropy(logits, torch::tensor({3, 11}, torch::kLong));
  const double expected_loss = expected_.at("train_loss").get<double>();
  EXPECT_NEAR(loss.item<double>(), expected_loss, tolerance * expected_loss);
  loss.backward();
  const auto parameters = network_->named_parameters();
  for (const auto& [name, norm] : expected_.at("grad_norms").items()) {
    const double got = parameters[name].grad().to(torch::kDouble).norm().item<double>();
    EXPECT_NEAR(got, norm.get<double>(), tolerance * norm.get<double>()) << name;
  }
}

TEST_P(Backbone, StartsFromTheSeedAlone) {
  torch::manual_seed(5);
  const auto again = make_network({.name = GetParam(), .classes = 19, .channels = 1}, 1);
  const auto other = make_network({.name = GetParam(), .classes = 19, .channels = 1}, 2);
  const auto first = state_dict(*network_), second = state_dict(*again);
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(torch::equal(first[i].second, second[i].second)) << first[i].first;
  EXPECT_FALSE(torch::equal(first[0].second, state_dict(*other)[0].second));
}

INSTANTIATE_TEST_SUITE_P(Timm, Backbone, testing::Values("resnet18"),
                         [](const auto& test) { return std::string(test.param); });

TEST(ResNet, IsInitialisedAsTimmDoes) {
  const auto network = make_network({.name = "resnet18", .classes = 19, .channels = 1}, 3);
  const auto parameters = network->named_parameters();
  const auto& conv = parameters["layer1.0.conv1.weight"];
  EXPECT_NEAR(conv.std().item<double>(), std::sqrt(2.0 / (64 * 9)), 2e-3);
  EXPECT_EQ(parameters["layer3.1.bn2.weight"].abs().max().item<float>(), 0);
  EXPECT_EQ(parameters["layer3.1.bn1.weight"].min().item<float>(), 1);
  EXPECT_NEAR(parameters["fc.weight"].abs().max().item<double>(), 1 / std::sqrt(512.0), 1e-4);
}

TEST(Registry, NamesTheKnownBackbonesWhenAskedForAnother) {
  EXPECT_FALSE(known("resnet9"));
  try {
    input_of("resnet9");
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "unknown backbone 'resnet9'; known are mfcc_mlp, resnet18");
  }
}

}  // namespace
}  // namespace foldwave::models
