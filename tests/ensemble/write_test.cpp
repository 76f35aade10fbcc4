#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "tables.h"

namespace foldwave::ensemble {
namespace {

using test::World;

// A catalogue whose class ids and song ids are not what numbers would look like.
catalog::Catalog catalog_of(const World& world, const std::vector<std::string>& train,
                            const std::vector<std::string>& test_ids) {
  catalog::Catalog catalog;
  for (const std::string& id : train)
    catalog.train.push_back(static_cast<int>(catalog.tracks.size())), catalog.tracks.push_back({id, id + ".ogg"});
  for (const std::string& id : test_ids)
    catalog.test.push_back(static_cast<int>(catalog.tracks.size())), catalog.tracks.push_back({id, id + ".ogg"});
  catalog.label = world.label;
  catalog.class_ids = {"03", "7", "19"};
  catalog.class_names = {"Rock", "Pop", "Jazz"};
  catalog.id_column = "track";
  catalog.label_column = "genre";
  return catalog;
}

struct Write : testing::Test {
  World world{60, 4, 3, {1, 2}};
  std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) /
      ("write_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  Write() { std::filesystem::remove_all(directory); }
  ~Write() override { std::filesystem::remove_all(directory); }
  nlohmann::json scores() const { return nlohmann::json::parse(read_file(directory / "scores.json")); }
};

TEST_F(Write, SubmissionHasEveryTestIdOnceInTheOrderOfTheTestTable) {
  const catalog::Catalog catalog = catalog_of(world, test::ids("s", 60), {"t2", "t0", "t3", "t1"});
  StackOutcome outcome = stack(world.models, world.fold, world.group, {});
  outcome.test.probability = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0};
  write_ensemble(directory, catalog, outcome, world.models);
  EXPECT_EQ(read_file(directory / "submission.csv"), "track,genre\nt2,19\nt0,03\nt3,7\nt1,7\n");
  EXPECT_EQ(scores()["submission"], "4 songs");
}

TEST_F(Write, GivesTestSongsWithoutUsableAudioTheMostFrequentClassAndSaysSo) {
  world.label.assign(60, 1);
  const catalog::Catalog catalog = catalog_of(world, test::ids("s", 60), {"t0", "t1", "t2", "t3", "silent"});
  write_ensemble(directory, catalog, stack(world.models, world.fold, world.group, {}), world.models);
  const std::string csv = read_file(directory / "submission.csv");
  EXPECT_EQ(csv.substr(csv.rfind("silent")), "silent,7\n");
  EXPECT_EQ(scores()["submission"], "5 songs, 1 of them without usable audio and given the most frequent class");
}

TEST_F(Write, SaysThatThereIsNoSubmissionWithoutTestSongs) {
  const World without_test{60, 0, 3, {1, 2}};
  write_ensemble(directory, catalog_of(world, test::ids("s", 60), {}),
                 stack(without_test.models, world.fold, world.group, {}), without_test.models);
  EXPECT_FALSE(std::filesystem::exists(directory / "submission.csv"));
  EXPECT_EQ(scores()["submission"], "none: there are no test songs");
}

TEST_F(Write, MarksAModelThatWasChosenByItsOwnRowsAndEveryBlendWithIt) {
  world.models[0].oof.optimistic = true;
  const catalog::Catalog catalog = catalog_of(world, test::ids("s", 60), test::ids("t", 4));
  write_ensemble(directory, catalog, stack(world.models, world.fold, world.group, {}), world.models);
  for (const auto& score : scores()["scores"])
    EXPECT_EQ(score["optimistic"], score["name"] != "model1+none") << score["name"];
  EXPECT_TRUE(catalog::read_predictions(directory / "oof.h5").optimistic);
}

TEST_F(Write, KeepsTheOofPredictionsOfOtherProgramsUnderTheNameOfTheirScore) {
  const catalog::Catalog catalog = catalog_of(world, test::ids("s", 60), {"t0"});
  world.models[1].outside = true;
  const StackOutcome outcome = stack(world.models, world.fold, world.group, {});
  write_ensemble(directory, catalog, outcome, world.models);
  const catalog::PredictionTable kept = catalog::read_predictions(directory / "outside-0.h5");
  EXPECT_EQ(kept.model, outcome.scores[1].name);
  EXPECT_EQ(kept.probability, world.models[1].oof.probability);
  EXPECT_FALSE(std::filesystem::exists(directory / "outside-1.h5"));
  world.models[1].outside = false;
  write_ensemble(directory, catalog, outcome, world.models);
  EXPECT_FALSE(std::filesystem::exists(directory / "outside-0.h5"));
}

TEST_F(Write, LeavesTheSameBytesEveryTime) {
  const catalog::Catalog catalog = catalog_of(world, test::ids("s", 60), test::ids("t", 4));
  const char* names[] = {"oof.h5", "test.h5", "scores.json", "meta_model.json", "submission.csv"};
  std::vector<std::string> first;
  write_ensemble(directory, catalog, stack(world.models, world.fold, world.group, {}), world.models);
  for (const char* name : names) first.push_back(read_file(directory / name));
  write_ensemble(directory, catalog, stack(world.models, world.fold, world.group, {}), world.models);
  for (size_t i = 0; i < first.size(); ++i) EXPECT_EQ(read_file(directory / names[i]), first[i]) << names[i];
}

TEST_F(Write, PredictionsReadBackAsTheyWere) {
  const StackOutcome outcome = stack(world.models, world.fold, world.group, {});
  write_ensemble(directory, catalog_of(world, test::ids("s", 60), test::ids("t", 4)), outcome, world.models);
  const catalog::PredictionTable oof = catalog::read_predictions(directory / "oof.h5");
  EXPECT_EQ(oof.song_id, outcome.oof.song_id);
  EXPECT_EQ(oof.probability, outcome.oof.probability);
  EXPECT_EQ(oof.model, outcome.chosen);
}

TEST_F(Write, RefusesPredictionsOfAnotherNumberOfClasses) {
  catalog::Catalog catalog = catalog_of(world, test::ids("s", 60), test::ids("t", 4));
  catalog.class_ids.push_back("20");
  EXPECT_THROW(write_ensemble(directory, catalog, stack(world.models, world.fold, world.group, {}), world.models),
               InputError);
}

}  // namespace
}  // namespace foldwave::ensemble
