#include <gtest/gtest.h>

#include <set>

#include "foldwave/catalog/folds.h"
#include "foldwave/core/errors.h"
#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

class Grid : public testing::Test {
 protected:
  Grid() {
    declare_options(registry_);
    registry_.add({.key = "train.epochs", .default_value = "10", .kind = ValueKind::integer, .min = 1});
    registry_.add({.key = "train.head_epochs", .default_value = "0", .kind = ValueKind::integer});
    registry_.add({.key = "train.lr", .default_value = "0.001", .kind = ValueKind::real});
    registry_.add({.key = "train.threads", .default_value = "0", .kind = ValueKind::integer, .effect = Effect::layout});
    registry_.add(
        {.key = "train.refit_all", .default_value = "false", .kind = ValueKind::flag, .effect = Effect::layout});
    registry_.add({.key = "folds.only", .default_value = "", .list = true, .effect = Effect::layout});
    registry_.add({.key = "augment.*.masks", .default_value = "0", .kind = ValueKind::integer});
  }
  std::vector<TrialSpec> expand(const std::vector<std::string>& arguments) {
    return expand_grid(resolve(registry_, {}, arguments), {0, 1}, "data",
                       [](const std::string& model, const Settings&) {
                         return ModelTraits{model != "summary_net", model != "one_fit"};
                       });
  }

  OptionRegistry registry_;
};

TEST_F(Grid, GivesAModelThatIsFittedInOneGoOneEpochWhateverIsGiven) {
  const auto a = expand({"--grid.backbones", "one_fit,resnet18", "--train.epochs", "30", "--train.head_epochs", "3"}),
             b = expand({"--grid.backbones", "one_fit,resnet18", "--train.epochs", "20"});
  EXPECT_EQ(a.front().settings.integer("train.epochs"), 1);
  EXPECT_EQ(a.front().settings.integer("train.head_epochs"), 0);
  EXPECT_EQ(a.back().settings.integer("train.epochs"), 30);
  EXPECT_EQ(a.back().settings.integer("train.head_epochs"), 3);
  EXPECT_EQ(a.front().identity, b.front().identity);
  EXPECT_NE(a.back().identity, b.back().identity);
}

TEST_F(Grid, LeavesAnAxisOutOfTheModelsThatDoNotReadIt) {
  const auto settings = resolve(registry_, {}, {"--grid.backbones", "logistic,resnet18", "--grid.lr", "0.1,0.2"});
  const auto trials = expand_grid(settings, {0}, "data", [](const std::string& model, const Settings&) {
    ModelTraits traits;
    traits.reads = [model](const std::string& key) { return model != "logistic" || key != "train.lr"; };
    return traits;
  });
  ASSERT_EQ(trials.size(), 3U);
  EXPECT_EQ(trials[0].id, "logistic+none/seed-1/fold-0");
  EXPECT_EQ(trials[1].id, "resnet18+none+lr=0.1/seed-1/fold-0");
  EXPECT_EQ(trials[2].id, "resnet18+none+lr=0.2/seed-1/fold-0");
}

TEST_F(Grid, TakesTheFirstSeedThatIsNotExcludedOfAModelThatDrawsNothing) {
  const auto settings = resolve(
      registry_, {}, {"--grid.backbones", "logistic", "--grid.seeds", "1,2,3", "--grid.exclude", "logistic+seed=1"});
  const auto trials = expand_grid(settings, {0}, "data", [](const std::string&, const Settings&) {
    ModelTraits traits;
    traits.reads = [](const std::string& key) { return key != "run.seed"; };
    return traits;
  });
  ASSERT_EQ(trials.size(), 1U);
  EXPECT_EQ(trials[0].seed, 2);
}

TEST_F(Grid, LeavesAnAxisOutWhereAnotherKeyMakesItMeanNothing) {
  const auto settings =
      resolve(registry_, {},
              {"--grid.backbones", "resnet18", "--grid.epochs", "5,10", "--grid.lr", "0.1,0.2", "--grid.seeds", "3,4"});
  const auto trials = expand_grid(settings, {0}, "data", [](const std::string&, const Settings& own) {
    ModelTraits traits;
    traits.reads = [own](const std::string& key) {
      return key != "run.seed" && (key != "train.lr" || own.text("train.epochs") == "10");
    };
    return traits;
  });
  ASSERT_EQ(trials.size(), 3U);
  EXPECT_EQ(trials[0].id, "resnet18+none+epochs=5/seed-3/fold-0");
  EXPECT_EQ(trials[0].settings.text("train.lr"), "0.001");
  EXPECT_EQ(trials[1].id, "resnet18+none+epochs=10+lr=0.1/seed-3/fold-0");
  EXPECT_EQ(trials[2].id, "resnet18+none+epochs=10+lr=0.2/seed-3/fold-0");
}

TEST_F(Grid, IsTheProductOfItsAxesInConfigOrder) {
  const auto trials = expand({"--grid.backbones", "resnet18,mfcc_mlp", "--grid.augments", "none,masks", "--grid.seeds",
                              "1,2", "--grid.lr", "0.1,0.2", "--augment.masks.masks", "2"});
  EXPECT_EQ(trials.size(), 2U * 2 * 2 * 2 * 2);
  EXPECT_EQ(trials.front().id, "resnet18+none+lr=0.1/seed-1/fold-0");
  EXPECT_EQ(trials.back().id, "mfcc_mlp+masks+lr=0.2/seed-2/fold-1");
  EXPECT_EQ(trials.front().settings.real("train.lr"), 0.1);
  std::set<std::string> ids, identities;
  for (const TrialSpec& trial : trials) {
    ids.insert(trial.id);
    identities.insert(trial.identity);
  }
  EXPECT_EQ(ids.size(), trials.size());
  EXPECT_EQ(identities.size(), trials.size());
}

TEST_F(Grid, LeavesOutWhatIsExcluded) {
  const std::vector<std::string> grid{"--grid.backbones",
                                      "resnet18,mfcc_mlp",
                                      "--grid.augments",
                                      "none,masks",
                                      "--grid.lr",
                                      "0.1,0.2",
                                      "--grid.seeds",
                                      "1,2",
                                      "--augment.masks.masks",
                                      "2"};
  const auto names = [&](const std::string& exclude) {
    std::vector<std::string> arguments = grid;
    arguments.insert(arguments.end(), {"--grid.exclude", exclude});
    std::vector<std::string> found;
    for (const TrialSpec& trial : expand(arguments))
      if (trial.fold == 0) found.push_back(trial.name + "/" + std::to_string(trial.seed));
    return found;
  };
  EXPECT_EQ(names("").size(), 16U);
  EXPECT_EQ(names("mfcc_mlp,masks,seed=2"),
            (std::vector<std::string>{"resnet18+none+lr=0.1/1", "resnet18+none+lr=0.2/1"}));
  EXPECT_EQ(names("resnet18+masks+lr=0.1").size(), 14U);
  EXPECT_EQ(names("resnet18+masks+train.lr=0.1+seed=2").size(), 15U);
  EXPECT_EQ(names("resnet18+mfcc_mlp").size(), 16U);  // no point is both
}

TEST_F(Grid, AnExclusionThatNamesNothingOfTheGridIsRefused) {
  const auto excluding = [&](const std::string& exclude) {
    return expand({"--grid.backbones", "resnet18", "--grid.lr", "0.1,0.2", "--grid.exclude", exclude});
  };
  for (const char* wrong : {"resnet34", "lr=0.3", "resnet18+masks", "seed=2", "resnet18+", "lr"}) {
    try {
      excluding(wrong);
      ADD_FAILURE() << wrong;
    } catch (const InputError& error) {
      const std::string what = error.what();
      EXPECT_NE(what.find("grid.exclude"), std::string::npos) << what;
      EXPECT_NE(what.find("resnet18, none, lr=0.1, lr=0.2, seed=1"), std::string::npos) << what;
    }
  }
  EXPECT_THROW(excluding("resnet18"), InputError);  // nothing is left
}

TEST_F(Grid, TheSeedIsTheRunsWhereNoneIsGiven) {
  EXPECT_EQ(expand({"--grid.backbones", "resnet18", "--run.seed", "7"}).front().seed, 7);
}

TEST_F(Grid, AnIdentityChangesWithWhatDecidesTheResultAlone) {
  const std::string base = expand({"--grid.backbones", "resnet18"}).front().identity;
  EXPECT_EQ(expand({"--grid.backbones", "resnet18,mfcc_mlp"}).front().identity, base);
  EXPECT_EQ(expand({"--grid.backbones", "resnet18", "--train.threads", "3"}).front().identity, base);
  EXPECT_EQ(expand({"--grid.backbones", "resnet18", "--backbone.mfcc_mlp.lr", "3"}).front().identity, base);
  EXPECT_NE(expand({"--grid.backbones", "resnet18", "--backbone.resnet18.lr", "3"}).front().identity, base);
  EXPECT_NE(expand({"--grid.backbones", "resnet18", "--train.lr", "3"}).front().identity, base);
}

TEST_F(Grid, AFitOnAllRowsFollowsItsFoldsAndLeavesTheirIdentities) {
  const auto folds = expand({"--grid.backbones", "resnet18", "--grid.seeds", "1,2"}),
             all = expand({"--grid.backbones", "resnet18", "--grid.seeds", "1,2", "--train.refit_all", "true"});
  ASSERT_EQ(folds.size(), 4U);
  ASSERT_EQ(all.size(), 6U);
  for (size_t i = 0; i < folds.size(); ++i) {
    EXPECT_EQ(all[i + i / 2].id, folds[i].id);
    EXPECT_EQ(all[i + i / 2].identity, folds[i].identity);
  }
  EXPECT_EQ(all[2].id, "resnet18+none/seed-1/fold-all");
  EXPECT_EQ(all[5].id, "resnet18+none/seed-2/fold-all");
  EXPECT_EQ(all[5].fold, catalog::kAllRows);
  std::set<std::string> identities;
  for (const TrialSpec& trial : all) identities.insert(trial.identity);
  EXPECT_EQ(identities.size(), all.size());
}

TEST_F(Grid, FitsOnAllRowsOnlyWhatIsAskedToAndNothingBesideSomeOfTheFolds) {
  const auto one = expand({"--grid.backbones", "resnet18,mfcc_mlp", "--backbone.mfcc_mlp.refit_all", "true"});
  ASSERT_EQ(one.size(), 5U);
  EXPECT_EQ(one.back().id, "mfcc_mlp+none/seed-1/fold-all");
  EXPECT_EQ(expand({"--grid.backbones", "resnet18", "--train.refit_all", "true", "--folds.only", "0,1"}).size(), 2U);
}

TEST_F(Grid, RefusesAnEmptyOrDoubledList) {
  EXPECT_THROW(expand({"--grid.backbones", ""}), InputError);
  EXPECT_THROW(expand({"--grid.backbones", "resnet18,resnet18"}), InputError);
}

TEST_F(Grid, TrainsAModelThatSeesASummaryOnceWhateverTheAugmentations) {
  const auto trials = expand({"--grid.backbones", "summary_net,resnet18", "--grid.augments", "masks,none"});
  EXPECT_EQ(trials.size(), 2U + 4U);
  EXPECT_EQ(trials.front().id, "summary_net+none/seed-1/fold-0");
}

TEST_F(Grid, RefusesAValueThatStandsInItTwice) { EXPECT_THROW(expand({"--grid.lr", "0.1,0.1"}), InputError); }

TEST_F(Grid, RefusesTrialsThatDifferInNothingButTheirNames) {
  EXPECT_THROW(expand({"--grid.lr", "0.001,1e-3"}), InputError);
  EXPECT_THROW(expand({"--grid.threads", "1,2"}), InputError);
  EXPECT_EQ(expand({"--grid.backbones", "one_fit", "--grid.epochs", "10,20"}).size(), 4U);
}

TEST_F(Grid, HasNoAxisOverWhatIsNoPartOfATrial) {
  registry_.add({.key = "model.backbone", .effect = Effect::display});
  EXPECT_THROW(expand({"--grid.backbone", "resnet18,logistic"}), InputError);
}

TEST_F(Grid, GivesTheMostExpensiveFirstAndTiesInOrder) {
  const auto trials = expand({"--grid.backbones", "mfcc_mlp,resnet18"});
  const auto order =
      biggest_first(trials, [](const TrialSpec& trial) { return trial.model == "resnet18" ? 2.0 : 1.0; });
  EXPECT_EQ(order, (std::vector<int>{2, 3, 0, 1}));
}

}  // namespace
}  // namespace foldwave::planning
