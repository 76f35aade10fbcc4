#include <nlohmann/json.hpp>

#include "foldwave/formats/hdf5.h"
#include "foldwave/formats/safetensors.h"
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class Forward : public Program {
 protected:
  static void SetUpTestSuite() {  // no music
    root_ = fs::temp_directory_path() / ("foldwave-forward-" + std::to_string(getpid()));
    fs::create_directories(root_);
  }

  // MobileNetV3 with all weights 0 but the classifier's biases, which are then its logits.
  static void write_weights(const std::string& left_out = "") {
    const auto golden = nlohmann::ordered_json::parse(std::ifstream(FOLDWAVE_GOLDEN "/timm.json"));
    const std::vector<std::byte> zeros(8 << 20);
    const std::vector<float> biases = biases_of_classes();
    std::vector<formats::TensorBytes> tensors;
    for (const auto& [name, sizes] : golden["backbones"]["mobilenetv3_large_100"]["state"].items()) {
      const bool counts = name.ends_with("num_batches_tracked");
      formats::TensorBytes tensor{name, counts ? "I64" : "F32", sizes.get<std::vector<int64_t>>(), {}};
      size_t bytes = counts ? 8 : 4;
      for (const int64_t size : tensor.shape) bytes *= static_cast<size_t>(size);
      tensor.bytes = name == "classifier.bias" ? std::as_bytes(std::span(biases)) : std::span(zeros).first(bytes);
      if (name != left_out) tensors.push_back(tensor);
    }
    formats::write_safetensors(root_ / "w.safetensors", tensors, {});
  }
  static std::vector<float> biases_of_classes() {
    std::vector<float> biases(19);
    for (int c = 0; c < 19; ++c) biases[c] = static_cast<float>(c) / 4;
    return biases;
  }
  static void write_input(uint64_t channels) {
    auto file = formats::Hdf5File::create(root_ / "in.h5");
    file.write<float>("/x", std::vector<float>(3 * channels * 32 * 40, 1.0F), {3, channels, 32, 40});
    file.close();
  }
  static Ending forward(const std::string& classes = "19") {
    return alone({"forward", "--model.backbone", "mobilenetv3_large_100", "--model.classes", classes,
                  "--model.channels", "1", "--model.weights", (root_ / "w.safetensors").string(), "--input",
                  (root_ / "in.h5").string(), "--output=" + (root_ / "out.h5").string()});
  }
  static void expect_refusal(const Ending& ending, const std::string& sentence) {
    EXPECT_EQ(ending.code, 2);
    EXPECT_NE(ending.err.find(sentence), std::string::npos) << ending.err;
    EXPECT_FALSE(fs::exists(root_ / "out.h5"));
  }
};

TEST_F(Forward, WritesTheLogitsOfEveryInput) {
  write_weights();
  write_input(1);
  const Ending ending = forward();
  ASSERT_EQ(ending.code, 0) << ending.err;
  const auto out = formats::Hdf5File::open(root_ / "out.h5");
  EXPECT_EQ(out.shape("/logits"), (std::vector<uint64_t>{3, 19}));
  const auto logits = out.read<float>("/logits"), expected = biases_of_classes();
  for (size_t i = 0; i < logits.size(); ++i) EXPECT_EQ(logits[i], expected[i % 19]);
  fs::remove(root_ / "out.h5");
}

TEST_F(Forward, RefusesInputsOfAnotherNumberOfChannels) {
  write_weights();
  write_input(3);
  expect_refusal(forward(), "in.h5: /x has shape [3, 3, 32, 40], expected [n, 1, height, width]");
}

TEST_F(Forward, RefusesWeightsThatDoNotFit) {
  write_weights("bn1.weight");
  write_input(1);
  expect_refusal(forward(), "w.safetensors: tensor 'bn1.weight' of shape [16] is missing");
  write_weights();
  expect_refusal(forward("20"), "w.safetensors: its classifier has 19 classes, expected 20");
}

TEST_F(Forward, SaysWhatIsNotGiven) {
  const Ending ending = alone({"forward", "--model.backbone", "resnet18", "--model.weights", "w.safetensors"});
  expect_refusal(ending, "foldwave forward needs --input");
}

}  // namespace
}  // namespace foldwave::pipeline
