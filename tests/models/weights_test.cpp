#include "foldwave/models/weights.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <limits>

#include "foldwave/core/errors.h"
#include "foldwave/formats/safetensors.h"
#include "foldwave/models/logits.h"

namespace foldwave::models {
namespace {

std::shared_ptr<Network> small_network(int channels, int classes, uint32_t seed) {
  return make_network({.name = "mobilenetv3_large_100", .classes = classes, .channels = channels}, seed);
}

Weights weights_of(const Network& network) {
  Weights weights;
  for (const auto& [name, tensor] : state_dict(network)) weights[name] = tensor.detach().clone();
  return weights;
}

std::string refusal(const Weights& weights) {
  const auto network = small_network(1, 7, 2);
  const auto before = weights_of(*network);
  try {
    load_weights(*network, weights, "w.safetensors");
  } catch (const InputError& error) {
    for (const auto& [name, tensor] : state_dict(*network)) EXPECT_TRUE(torch::equal(tensor, before.at(name))) << name;
    return error.what();
  }
  return "accepted";
}

TEST(Weights, FitByName) {
  const auto from = small_network(1, 7, 1), to = small_network(1, 7, 2);
  const LoadOutcome outcome = load_weights(*to, weights_of(*from), "w.safetensors");
  EXPECT_EQ(describe(outcome), "");
  const auto expected = weights_of(*from);
  for (const auto& [name, tensor] : state_dict(*to)) EXPECT_TRUE(torch::equal(tensor, expected.at(name))) << name;
}

TEST(Weights, OfAStemForThreeChannelsAreSummedForOne) {
  const auto from = small_network(3, 7, 1), to = small_network(1, 7, 2);
  const LoadOutcome outcome = load_weights(*to, weights_of(*from), "w.safetensors");
  EXPECT_EQ(describe(outcome), "stem adapted from 3 channels");
  const auto stem = state_dict(*from)[0].second;
  EXPECT_TRUE(torch::allclose(state_dict(*to)[0].second, stem.sum(1, true)));
}

// timm.models.adapt_input_conv(4, kernel): the channels again from the first, times 3 / 4.
TEST(Weights, OfAStemForThreeChannelsAreRepeatedForMore) {
  const auto from = small_network(3, 7, 1), to = small_network(4, 7, 2);
  load_weights(*to, weights_of(*from), "w.safetensors");
  const auto stem = state_dict(*from)[0].second;
  const auto expected = torch::cat({stem, stem.narrow(1, 0, 1)}, 1) * 0.75;
  EXPECT_TRUE(torch::allclose(state_dict(*to)[0].second, expected));
}

TEST(Weights, OfAClassifierOfAnotherSizeAreLeftOutAndThatIsSaid) {
  const auto from = small_network(1, 1000, 1), to = small_network(1, 7, 2);
  const auto own = weights_of(*to);
  const LoadOutcome outcome = load_weights(*to, weights_of(*from), "w.safetensors");
  EXPECT_EQ(describe(outcome), "classifier of 1000 classes left out, a new one starts from the seed");
  EXPECT_TRUE(torch::equal(state_dict(*to).back().second, own.at("classifier.bias")));
  EXPECT_TRUE(torch::equal(weights_of(*to).at("classifier.weight"), own.at("classifier.weight")));
  EXPECT_TRUE(torch::equal(weights_of(*to).at("conv_head.weight"), weights_of(*from).at("conv_head.weight")));
}

TEST(Weights, OfAClassifierOfOtherClassesAreLeftOutThoughTheyFit) {
  const auto from = small_network(1, 7, 1), to = small_network(1, 7, 2);
  const auto own = weights_of(*to);
  const LoadOutcome outcome = load_weights(*to, weights_of(*from), "w.safetensors", true);
  EXPECT_EQ(describe(outcome), "classifier of 7 other classes left out, a new one starts from the seed");
  EXPECT_TRUE(torch::equal(weights_of(*to).at("classifier.weight"), own.at("classifier.weight")));
  EXPECT_TRUE(torch::equal(weights_of(*to).at("conv_head.weight"), weights_of(*from).at("conv_head.weight")));
}

TEST(Weights, OfHalfAClassifierOfAnotherSizeAreRefused) {
  auto weights = weights_of(*small_network(1, 7, 1));
  weights["classifier.bias"] = torch::zeros({9});
  EXPECT_EQ(
      refusal(weights),
      "w.safetensors: tensor 'classifier.bias' has shape [9], but 'classifier.weight' [7, 1280]: not one classifier");
  weights = weights_of(*small_network(1, 9, 1));
  weights["classifier.bias"] = torch::zeros({7});
  EXPECT_EQ(
      refusal(weights),
      "w.safetensors: tensor 'classifier.bias' has shape [7], but 'classifier.weight' [9, 1280]: not one classifier");
}

TEST(Weights, OfAClassifierWithoutClassesAreRefused) {
  auto weights = weights_of(*small_network(1, 7, 1));
  weights["classifier.weight"] = torch::zeros({0, 1280});
  weights["classifier.bias"] = torch::zeros({0});
  EXPECT_EQ(refusal(weights), "w.safetensors: tensor 'classifier.weight' has shape [0, 1280], expected [7, 1280]");
}

TEST(Weights, WithNumbersThatAreNotFiniteAreRefused) {
  auto weights = weights_of(*small_network(1, 7, 1));
  weights["bn1.running_var"] = weights["bn1.running_var"].clone();
  weights["bn1.running_var"][0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(refusal(weights), "w.safetensors: tensor 'bn1.running_var' holds numbers that are not finite");
}

TEST(Weights, OfAnotherShapeAreRefusedWithBothShapes) {
  auto weights = weights_of(*small_network(1, 7, 1));
  weights["conv_head.weight"] = torch::zeros({1280, 320, 1, 1});
  EXPECT_EQ(refusal(weights),
            "w.safetensors: tensor 'conv_head.weight' has shape [1280, 320, 1, 1], expected [1280, 960, 1, 1]");
  weights = weights_of(*small_network(2, 7, 1));
  EXPECT_EQ(refusal(weights),
            "w.safetensors: tensor 'conv_stem.weight' has shape [16, 2, 3, 3], expected [16, 1, 3, 3]");
}

TEST(Weights, ThatAreMissingOrUnknownAreRefused) {
  auto weights = weights_of(*small_network(1, 7, 1));
  weights.erase("blocks.0.0.bn1.bias");
  EXPECT_EQ(refusal(weights), "w.safetensors: tensor 'blocks.0.0.bn1.bias' of shape [16] is missing");
  weights = weights_of(*small_network(1, 7, 1));
  weights["norm_head.weight"] = torch::zeros({1280});
  EXPECT_EQ(refusal(weights), "w.safetensors: tensor 'norm_head.weight' of shape [1280] is none of this backbone's");
}

TEST(Weights, OfOlderExportsLackTheCountOfBatches) {
  auto weights = weights_of(*small_network(1, 7, 1));
  weights.erase("bn1.num_batches_tracked");
  EXPECT_EQ(refusal(weights), "accepted");
}

class WeightsFile : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void write(const std::string& dtype, const torch::Tensor& tensor) {
    const auto* bytes = static_cast<const std::byte*>(tensor.data_ptr());
    formats::write_safetensors(file_, {{"t", dtype, tensor.sizes().vec(), {bytes, tensor.nbytes()}}}, {});
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("foldwave-weights-" + std::to_string(::getpid()));
  std::filesystem::path file_ = directory_ / "w.safetensors";
};

TEST_F(WeightsFile, OfAnyFloatingTypeBecomesFloat) {
  const auto values = torch::tensor({1.5, -0.25, 3.0}).reshape({3, 1});
  for (const auto& [dtype, type] : std::vector<std::pair<std::string, torch::ScalarType>>{
           {"F32", torch::kFloat}, {"F64", torch::kDouble}, {"F16", torch::kHalf}, {"BF16", torch::kBFloat16}}) {
    write(dtype, values.to(type));
    const auto got = read_weights(file_).at("t");
    EXPECT_EQ(got.scalar_type(), torch::kFloat) << dtype;
    EXPECT_TRUE(torch::equal(got, values)) << dtype;
  }
  write("I64", torch::tensor({7}, torch::kLong));
  EXPECT_EQ(read_weights(file_).at("t").item<int64_t>(), 7);
}

TEST_F(WeightsFile, OfOtherElementsIsRefused) {
  write("U8", torch::zeros({2}, torch::kByte));
  EXPECT_THROW(read_weights(file_), InputError);
}

TEST_F(WeightsFile, GivesLogitsOfManyPicturesAndRefusesAnotherNumberOfClasses) {
  const auto network = small_network(3, 7, 1);
  const auto state = state_dict(*network);
  std::vector<formats::TensorBytes> tensors;
  for (const auto& [name, tensor] : state)
    tensors.push_back({name,
                       tensor.is_floating_point() ? "F32" : "I64",
                       tensor.sizes().vec(),
                       {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}});
  formats::write_safetensors(file_, tensors, {});

  const auto generator = torch::make_generator<at::CPUGeneratorImpl>(7);
  const auto x = torch::randn({18, 3, 32, 48}, generator);  // more than it takes at once
  Pictures pictures{{x.data_ptr<float>(), x.data_ptr<float>() + x.numel()}, 18, 3, 32, 48};
  const ModelConfig config{.name = "mobilenetv3_large_100", .classes = 7, .channels = 3};
  const auto logits = logits_of(config, file_, pictures);
  network->eval();
  torch::NoGradGuard no_grad;
  const auto expected = network->forward(x, {});
  EXPECT_TRUE(torch::allclose(torch::tensor(logits).reshape({18, 7}), expected, 1e-4, 1e-5));

  try {
    logits_of({.name = "mobilenetv3_large_100", .classes = 8, .channels = 3}, file_, pictures);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), file_.string() + ": its classifier has 7 classes, expected 8");
  }
}

}  // namespace
}  // namespace foldwave::models
