#include "foldwave/core/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/help.h"

namespace foldwave {
namespace {

OptionRegistry small_registry() {
  OptionRegistry registry;
  registry.add({.key = "train.epochs",
                .default_value = "20",
                .help = "passes",
                .kind = ValueKind::integer,
                .min = 1,
                .max = 10000});
  registry.add(
      {.key = "train.lr", .default_value = "0.001", .help = "rate", .kind = ValueKind::real, .min = 0, .max = 10});
  registry.add(
      {.key = "train.threads", .default_value = "0", .kind = ValueKind::integer, .min = 0, .effect = Effect::layout});
  registry.add({.key = "train.schedule", .default_value = "cosine", .choices = {"cosine", "one_cycle"}});
  registry.add({.key = "model.hidden", .default_value = "256,128", .kind = ValueKind::integer, .min = 1, .list = true});
  registry.add({.key = "features.htk", .default_value = "false", .kind = ValueKind::flag});
  registry.add({.key = "augment.*.snr_db", .default_value = "20", .kind = ValueKind::real});
  registry.add({.key = "grid.backbones", .default_value = "resnet18", .list = true, .effect = Effect::display});
  return registry;
}

class Options : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("foldwave-options-" + std::to_string(getpid()) + ".ini");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  Settings from_file(const std::string& text, const std::vector<std::string>& arguments = {}) {
    std::ofstream(path_) << text;
    return resolve(registry_, path_, arguments);
  }
  std::string refusal(const std::string& text, const std::vector<std::string>& arguments = {}) {
    try {
      from_file(text, arguments);
    } catch (const InputError& error) {
      std::string message = error.what();
      const size_t at = message.find(path_.string());
      if (at != std::string::npos) message.replace(at, path_.string().size(), "FILE");
      return message;
    }
    return "accepted";
  }

  OptionRegistry registry_ = small_registry();
  std::filesystem::path path_;
};

TEST_F(Options, TakesDefaultsThenFileThenCommandLine) {
  const Settings settings = from_file("# a comment\n[train]\nepochs = 7\nlr=0.01\n", {"--train.lr", "0.5"});
  EXPECT_EQ(settings.integer("train.epochs"), 7);
  EXPECT_EQ(settings.real("train.lr"), 0.5);
  EXPECT_EQ(settings.text("train.schedule"), "cosine");
  EXPECT_TRUE(settings.given("train.lr"));
  EXPECT_FALSE(settings.given("train.schedule"));
}

TEST_F(Options, NamesFileLineKeyAndWhatWasExpected) {
  EXPECT_EQ(refusal("[train]\n\nepochs = many\n"),
            "FILE line 3: train.epochs = 'many' is not an integer from 1 to 10000");
  EXPECT_EQ(refusal("[train]\nepochs = 0\n"), "FILE line 2: train.epochs = '0' is not an integer from 1 to 10000");
  EXPECT_EQ(refusal("[train]\nschedule = linear\n"),
            "FILE line 2: train.schedule = 'linear' is not one of cosine, one_cycle");
  EXPECT_EQ(refusal("[model]\nhidden = 256,wide\n"),
            "FILE line 2: model.hidden = 'wide' is not a comma-separated list, each item an integer of at least 1");
  EXPECT_EQ(refusal("[train]\nepoch = 3\n"),
            "FILE line 2: unknown key train.epoch; is train.epochs meant? 'foldwave help keys' lists them");
  EXPECT_EQ(refusal("[train]\nlr = 0.1\nlr = 0.2\n"), "FILE line 3: train.lr is given twice (first in line 2)");
  EXPECT_EQ(refusal("[train]\nlr = 0.1 # high\n"),
            "FILE line 2: '#' inside a line ('lr = 0.1 # high'); a comment needs a line of its own");
  EXPECT_EQ(refusal("[train]\nlr\n"), "FILE line 2: 'lr' is neither [section] nor key = value");
  EXPECT_EQ(refusal("[train]\nlr = nan\n"), "FILE line 2: train.lr = 'nan' is not a number from 0 to 10");
}

TEST_F(Options, DoesNotGuessAbbreviations) {
  EXPECT_NE(refusal("", {"--train.epoch", "3"}).find("train.epoch"), std::string::npos);
  EXPECT_NE(refusal("", {"--train.epoch", "3"}), "accepted");
  EXPECT_NE(refusal("[train]\nepoch = 3\n"), "accepted");
}

TEST_F(Options, TakesAModelsOwnSettingsWithAndWithoutTheirSection) {
  const Settings settings = from_file(
      "[train]\nlr = 0.1\n[backbone.resnet18]\nlr = 0.2\n[backbone.mfcc_mlp]\ntrain.epochs = 60\nmodel.hidden = 64\n");
  EXPECT_EQ(settings.for_backbone("resnet18").real("train.lr"), 0.2);
  EXPECT_EQ(settings.for_backbone("mfcc_mlp").real("train.lr"), 0.1);
  EXPECT_EQ(settings.for_backbone("mfcc_mlp").integer("train.epochs"), 60);
  EXPECT_EQ(settings.for_backbone("mfcc_mlp").list("model.hidden"), std::vector<std::string>{"64"});
  EXPECT_EQ(refusal("[backbone.resnet18]\nrate = 1\n"),
            "FILE line 2: unknown key backbone.resnet18.rate; 'foldwave help keys' lists them");
  EXPECT_EQ(refusal("[backbone.resnet18]\nlr = fast\n"),
            "FILE line 2: backbone.resnet18.lr = 'fast' is not a number from 0 to 10");
}

TEST_F(Options, ReadsGridAxesOfAnyTrainOrModelKey) {
  const Settings settings = from_file("[grid]\nbackbones = a,b\nlr = 0.1, 0.2\n");
  const auto axes = settings.grid_axes();
  ASSERT_EQ(axes.size(), 1U);
  EXPECT_EQ(axes[0].first, "train.lr");
  EXPECT_EQ(axes[0].second, (std::vector<std::string>{"0.1", "0.2"}));
  EXPECT_EQ(settings.list("grid.backbones"), (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(refusal("[grid]\nlr = 0.1,fast\n").find("'fast' is not a number"), std::string::npos);
}

TEST_F(Options, ListsNamedSections) {
  const Settings settings = from_file("[augment.noise]\nsnr_db = 3\n[augment.loud]\nsnr_db = 30\n");
  EXPECT_EQ(settings.names("augment"), (std::vector<std::string>{"loud", "noise"}));
  EXPECT_EQ(settings.real("augment.noise.snr_db"), 3);
  EXPECT_EQ(settings.real("augment.other.snr_db"), 20);
}

TEST_F(Options, WritesWhatReadsBackToTheSame) {
  const Settings settings = from_file(
      "[train]\nlr = 0.25\n[augment.noise]\nsnr_db = 3\n[backbone.resnet18]\ntrain.lr = 0.2\n[grid]\nlr = 0.1,0.2\n");
  const Settings again = from_file(settings.to_ini());
  EXPECT_EQ(again.to_ini(), settings.to_ini());
}

TEST_F(Options, IdentityHoldsWhatDecidesTheResultAndNothingElse) {
  const std::string before = from_file("").identity({"train"});
  EXPECT_EQ(from_file("[train]\nthreads = 8\n").identity({"train"}), before);
  EXPECT_NE(from_file("[train]\nlr = 0.5\n").identity({"train"}), before);
  EXPECT_EQ(from_file("[features]\nhtk = true\n").identity({"train"}), before);
  EXPECT_EQ(from_file("[train]\nlr = 1e-3\n").identity({"train"}), before);
  EXPECT_EQ(from_file("[features]\nhtk = yes\n").identity({"features"}),
            from_file("[features]\nhtk = on\n").identity({"features"}));
  EXPECT_EQ(from_file("[features]\nhtk = no\n").identity({"features"}), from_file("").identity({"features"}));
}

TEST_F(Options, RefusesAMissingConfig) { EXPECT_THROW(resolve(registry_, "/nowhere/at/all.ini", {}), InputError); }

TEST(OptionRegistry, TellsWhichKeyIsMeantInAllItsForms) {
  OptionRegistry registry;
  registry.add({.key = "augment.*.time_masks", .default_value = "0", .help = "masks"});
  registry.add({.key = "train.epochs", .default_value = "1", .help = "epochs"});
  registry.add({.key = "model.dropout", .default_value = "0", .help = "share"});
  EXPECT_EQ(registry.nearest("augment.masks.time_mask"), "augment.masks.time_masks");
  EXPECT_EQ(registry.nearest("grid.epocs"), "grid.epochs");
  EXPECT_EQ(registry.nearest("backbone.resnet18.droput"), "backbone.resnet18.dropout");
  EXPECT_EQ(registry.nearest("epochs"), "train.epochs");
  EXPECT_EQ(registry.nearest("augment.masks.nothing_like_it"), "");
}

TEST(OptionRegistry, ShowsASectionOnceHoweverManyRoomsDeclareItsKeys) {
  OptionRegistry registry;
  registry.add({.key = "run.dir", .default_value = "", .help = "where"});
  registry.add({.key = "train.lr", .default_value = "1", .help = "rate"});
  registry.add({.key = "run.retries", .default_value = "2", .help = "again"});
  std::vector<const Option*> keys;
  for (const Option& option : registry.all()) keys.push_back(&option);
  const std::string help = describe_keys(keys, 100, true);
  const size_t run = help.find("[run]"), train = help.find("[train]"), retries = help.find("--run.retries");
  EXPECT_EQ(help.find("[run]", run + 1), std::string::npos) << help;
  EXPECT_LT(run, retries);
  EXPECT_LT(retries, train);
}

}  // namespace
}  // namespace foldwave
