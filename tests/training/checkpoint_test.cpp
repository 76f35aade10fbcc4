#include "training/checkpoint.h"

#include <limits>

#include "small_trial.h"

namespace foldwave::training {
namespace {

// A checkpoint that somebody has changed, and written anew with sums that are right.
class Checkpoint : public SmallTrial {
 protected:
  std::string refusal(const std::function<void(CheckpointHeader&, models::Network&)>& spoil) {
    const TrialSetup trial = setup("mfcc_mlp", "trial", {{"train.epochs", "1"}});
    train(trial);
    const auto path = trial.directory / "final.safetensors";
    CheckpointHeader header = read_checkpoint_header(path);
    const auto network = read_network(path, header);
    spoil(header, *network);
    const auto spoilt = folder / "spoilt.safetensors";
    write_checkpoint(spoilt, *network, header);
    try {
      try_checkpoint(spoilt);
      Predictor(spoilt, store::FeatureStore(folder), 1, -1)(trial.valid.track, {{.crops = 1}, false});
    } catch (const InputError& error) {
      const std::string sentence = error.what(), file = spoilt.string();
      EXPECT_EQ(sentence.find(file), 0U) << sentence;
      return sentence.substr(std::min(sentence.size(), file.size()));
    }
    return "";
  }
};

TEST_F(Checkpoint, IsTakenAsItWasWritten) {
  EXPECT_EQ(refusal([](CheckpointHeader&, models::Network&) {}), "");
}

TEST_F(Checkpoint, SaysWhetherItsClassifierIsOfUseToOthers) {
  const TrialSetup trial = setup("mfcc_mlp", "trial", {{"train.epochs", "1"}});
  train(trial);
  const auto path = trial.directory / "final.safetensors";
  EXPECT_FALSE(is_of_other_classes(path, trial.class_ids));
  std::vector<std::string> others = trial.class_ids;
  others.front() = "99";
  EXPECT_TRUE(is_of_other_classes(path, others));
}

TEST_F(Checkpoint, WithTensorsThatAreNotFiniteIsRefused) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_EQ(refusal([&](CheckpointHeader&, models::Network& network) {
                torch::NoGradGuard no_grad;
                network.parameters().back().fill_(value);
              }).rfind(": its tensor '", 0),
              0U);
}

TEST_F(Checkpoint, WhoseAnswersAreNoNumbersIsRefused) {
  EXPECT_EQ(refusal([](CheckpointHeader&, models::Network& network) {
              torch::NoGradGuard no_grad;
              for (auto& tensor : network.parameters()) tensor.fill_(3e38F);
            }),
            ": its network answers with probabilities that are no numbers");
}

TEST_F(Checkpoint, WithAHeaderThatCannotBeIsRefused) {
  EXPECT_EQ(refusal([](CheckpointHeader& header, models::Network&) {
              header.class_ids = {"0", "0", "1"};
            }),
            ": its header names a class twice");
  EXPECT_EQ(refusal([](CheckpointHeader& header, models::Network&) { header.input.normalisation.std.back() = 0; }),
            ": its header's input has a deviation that is not above 0");
  for (const char* features : {"x", "", "1e999", "7"})
    EXPECT_EQ(refusal([&](CheckpointHeader& header, models::Network&) {
                header.feature_json = features;
              }).rfind(": damaged header: ", 0),
              0U)
        << features;
}

}  // namespace
}  // namespace foldwave::training
