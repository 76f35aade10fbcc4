#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/core/clock.h"
#include "foldwave/core/stop.h"
#include "foldwave/formats/hdf5.h"
#include "foldwave/formats/safetensors.h"
#include "foldwave/models/weights.h"
#include "foldwave/training/checkpoint.h"
#include "small_trial.h"

namespace foldwave::training {
namespace {

struct Case {
  std::string model, select, precision;
};

class TrialOfKind : public SmallTrial, public testing::WithParamInterface<Case> {
 protected:
  TrialSetup setup_of(const Case& what, const std::string& name) {
    return setup(what.model, name, {{"train.select", what.select}, {"train.precision", what.precision}});
  }
};

TEST_P(TrialOfKind, EndsWithTheSameBytesWhenItWasStoppedOnTheWay) {
  const TrialSetup straight = setup_of(GetParam(), "straight"), broken = setup_of(GetParam(), "broken");
  train(straight);
  for (int stops = 0; stops < 2; ++stops) {  // within epoch 2, then within epoch 3
    train(broken, 1, [](const EpochRecord&) { StopFlag::set_deadline(monotonic_s() - 1); });
    EXPECT_TRUE(stopped_);
    EXPECT_FALSE(std::filesystem::exists(broken.directory / "final.safetensors"));
    StopFlag::set_deadline(0);
  }
  train(broken);
  expect_same_files(straight, broken, "after two stops");
  for (const auto& entry : std::filesystem::directory_iterator(broken.directory))
    EXPECT_FALSE(entry.path().filename().string().starts_with("last-"));
}

TEST_P(TrialOfKind, LearnsTheSameOnTwoRanksAsOnOne) {
  const Case fp32{GetParam().model, GetParam().select, "fp32"};
  const auto alone = train(setup_of(fp32, "alone"), 1), both = train(setup_of(fp32, "both"), 2);
  ASSERT_EQ(alone.epochs.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    // Batch normalisation over three songs of one pixel each blows rounding up: on one rank, inputs changed by 1e-7
    // move the loss of a step by up to 1.4e-3 within 9 steps. Larger batches are held to 1e-4 in step_test.cpp.
    EXPECT_NEAR(both.epochs[i].train_loss, alone.epochs[i].train_loss, 1e-2) << i;
    EXPECT_NEAR(both.epochs[i].valid_loss, alone.epochs[i].valid_loss, 1e-2) << i;
  }
  EXPECT_EQ(both.oof.song_id, alone.oof.song_id);
}

TEST_P(TrialOfKind, PredictsFromTheCheckpointAloneWhatItSaidOfTheValidationSongs) {
  const TrialSetup trial = setup_of(GetParam(), "trial");
  const auto outcome = train(trial);
  const store::FeatureStore store(folder);
  const auto again =
      Predictor(trial.directory / "final.safetensors", store, 1, -1)(trial.valid.track, {{.crops = 2}, false});
  ASSERT_EQ(again.size(), outcome.oof.probability.size());
  for (size_t i = 0; i < again.size(); ++i) EXPECT_NEAR(again[i], outcome.oof.probability[i], 1e-6);
  EXPECT_EQ(read_checkpoint_header(trial.directory / "final.safetensors").class_ids, trial.class_ids);
}

INSTANTIATE_TEST_SUITE_P(Kinds, TrialOfKind,
                         testing::Values(Case{"resnet18", "last", "auto"}, Case{"resnet18", "best", "fp32"},
                                         Case{"mfcc_mlp", "ema", "auto"}),
                         [](const auto& test) { return test.param.model + "_" + test.param.select; });

using Trial = SmallTrial;

TEST_F(Trial, LeavesACheckpointWithTheNamesOfTheNetwork) {
  const TrialSetup trial = setup("resnet18", "trial", {{"train.precision", "fp32"}});
  train(trial);
  const formats::SafetensorsFile file(trial.directory / "final.safetensors");
  const auto network = models::make_network({.name = "resnet18", .classes = 3}, 1);
  std::vector<std::string> expected, got;
  for (const auto& [name, tensor] : models::state_dict(*network)) expected.push_back(name);
  for (const auto& tensor : file.tensors()) got.push_back(tensor.name);
  std::sort(expected.begin(), expected.end());
  std::sort(got.begin(), got.end());  // the file's own order is by alignment
  EXPECT_EQ(got, expected);
  EXPECT_EQ(file.find("bn1.num_batches_tracked")->dtype, "I64");
}

TEST_F(Trial, KeepsTheScaleThatItsOwnKindOfWeightsWereTrainedWith) {
  const auto scale_of = [&](const std::string& name, size_t songs, const Values& values) {
    TrialSetup trial = setup("resnet18", name, values);
    trial.train.track.resize(songs);
    trial.train.label.resize(songs);
    train(trial);
    return read_checkpoint_header(trial.directory / "final.safetensors").input.normalisation.mean;
  };
  const std::vector<float> first = scale_of("first", 8, {});
  EXPECT_NE(scale_of("alone", 5, {}), first);
  EXPECT_EQ(scale_of("from-first", 5, {{"model.weights", (folder / "first/final.safetensors").string()}}), first);
}

// What the body has learned before is all that it has: it does not learn, and the average is of nothing else.
TEST_F(Trial, AveragesFromTheWeightsThatItWasGiven) {
  const TrialSetup first = setup("resnet18", "first", {});
  train(first);
  const std::string given = (first.directory / "final.safetensors").string();
  TrialSetup second =
      setup("resnet18", "second", {{"model.weights", given}, {"train.select", "ema"}, {"train.body_lr", "0"}});
  second.seed = first.seed + 1;
  train(second);
  const models::Weights before = models::read_weights(given),
                        after = models::read_weights(second.directory / "final.safetensors");
  for (const char* name : {"conv1.weight", "layer4.1.conv2.weight"})
    EXPECT_TRUE(torch::equal(before.at(name), after.at(name))) << name;
  EXPECT_FALSE(torch::equal(before.at("fc.weight"), after.at("fc.weight")));
}

TEST_F(Trial, MarksWhatWasChosenByItsOwnRowsAsOptimistic) {
  const auto optimistic = [&](const std::string& name, const Values& values) {
    const TrialSetup trial = setup("mfcc_mlp", name, values);
    train(trial);
    return catalog::read_predictions(trial.directory / "oof.h5").optimistic;
  };
  EXPECT_TRUE(optimistic("best", {{"train.select", "best"}}));
  EXPECT_TRUE(optimistic("impatient", {{"train.patience", "2"}}));
  EXPECT_FALSE(optimistic("last", {}));
}

// NaN where a song's mel spectrogram lies: the network is not to blame.
TEST_F(Trial, NamesTheDamagedFileOfTheStoreItReads) {
  const TrialSetup sound = setup("cnn_small", "sound", {{"train.crop_frames", "400"}});
  train(sound);
  const auto shard = store::shard_path(folder, 0);
  const uint64_t mel = formats::Hdf5File::open(shard).byte_offset("/mel");
  std::string bytes = read_file(shard);
  bytes.replace(mel, 2, "\xFF\xFF");
  publish(shard, bytes);

  const store::FeatureStore store(folder);
  const std::string named = "mel of track 'song 0' does not match its CRC32C";
  TrialSetup damaged = setup("cnn_small", "damaged", {{"train.crop_frames", "400"}});  // whole songs
  damaged.train = {{0, 0, 0}, {0, 1, 2}};
  const auto told = comm::ThreadGroup(1).run(
      [&](comm::Communicator& communicator) { train_trial(damaged, store, communicator, -1, {}); });
  EXPECT_NE(told.front().find(named), std::string::npos) << told.front();
  Predictor predict(sound.directory / "final.safetensors", store, 1, -1);
  try {
    predict({1, 0}, {.samples = {.crops = 1}});
    ADD_FAILURE() << "it answered";
  } catch (const SystemError& error) {
    EXPECT_NE(std::string(error.what()).find(named), std::string::npos) << error.what();
  }
}

TEST_F(Trial, TellsHowFastItWasAndHowGood) {
  for (const EpochRecord& epoch : train(setup("mfcc_mlp", "trial")).epochs) {
    EXPECT_EQ(epoch.step, 3 * epoch.epoch - 1);
    EXPECT_GT(epoch.samples_per_s, 8 / epoch.seconds);  // validation is in the seconds alone
    EXPECT_GE(epoch.wait_share, 0);
    EXPECT_LE(epoch.wait_share, 1);
    for (const double share : {8 * epoch.train_accuracy, 3 * epoch.valid_accuracy})  // of 8 and 3 songs
      EXPECT_NEAR(share, std::round(share), 1e-9);
  }
}

TEST_F(Trial, AsksWithAugmentedPassesInPredictionAsInValidation) {
  TrialSetup trial = setup("resnet18", "trial", {{"train.precision", "fp32"}, {"predict.augmented_passes", "2"}});
  trial.augment.noise_probability = 1;
  const auto outcome = train(trial);
  const store::FeatureStore store(folder);
  AskConfig ask = ask_config(train_config(trial.settings), trial.augment, trial.seed);
  const auto answer = [&] {
    return Predictor(trial.directory / "final.safetensors", store, 1, -1)(trial.valid.track, ask);
  };
  const auto with = answer();
  ask.samples.augmented_passes = 0;
  const auto without = answer();
  double difference = 0;
  for (size_t i = 0; i < with.size(); ++i) {
    EXPECT_NEAR(with[i], outcome.oof.probability[i], 1e-6);
    difference += std::abs(with[i] - without[i]);
  }
  EXPECT_GT(difference, 1e-4);
}

TEST_F(Trial, RefusesAStoreWithOtherFeatures) {
  const TrialSetup trial = setup("mfcc_mlp", "trial");
  train(trial);
  const auto other = folder / "other";
  std::filesystem::create_directories(other);
  auto features = batches::small_features();
  features.lifter = 22;
  const store::StorePlan plan{.feature_json = features::to_json(features), .catalog_hash = "0", .first_row = {0, 1}};
  store::publish_plan(other, plan);
  store::ShardWriter writer(plan, features, other, 0);
  writer.add(batches::made_up_song("song", 4000, 100));
  writer.publish();
  store::publish_index(other, plan);
  const store::FeatureStore store(other);
  EXPECT_THROW(Predictor(trial.directory / "final.safetensors", store, 1, -1)({0}, {}), InputError);
}

}  // namespace
}  // namespace foldwave::training
