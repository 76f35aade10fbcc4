#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "tables.h"

namespace foldwave::ensemble {
namespace {

using catalog::PredictionTable;
using test::World;

struct Combine : testing::Test {
  World world{120, 10, 3, {1, 2, 1.5}};
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      ("combine_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  catalog::Catalog catalog;
  Combine() {
    for (ModelPredictions& model : world.models) model.oof.augment = model.test.augment = "";
    catalog.class_ids = {"3", "7", "19"};
    catalog.class_names = catalog.class_ids;
    catalog.id_column = "song_id", catalog.label_column = "genre_id";
    for (const std::string& id : world.models[0].test.song_id) {
      catalog.test.push_back(static_cast<int>(catalog.tracks.size()));
      catalog.tracks.push_back({id, id});
    }
    catalog.label = world.label;
  }
  ~Combine() override { std::filesystem::remove_all(folder); }

  StackOutcome written(const std::string& method) const {
    const StackOutcome outcome =
        stack(world.models, world.fold, world.group, {.method = method, .input = StackInput::log_probability});
    write_ensemble(folder, catalog, outcome, world.models);
    return outcome;
  }
  std::string refusal(const std::string& text) const {
    publish(folder / "meta_model.json", text);
    try {
      read_meta_model(folder / "meta_model.json");
    } catch (const InputError& error) {
      return error.what();
    }
    return "not refused";
  }
};

TEST_F(Combine, DoesWithNewTablesWhatTheStackDidWithItsOwn) {
  for (const char* method : {"logistic", "weighted", "mean", "geometric"}) {
    const StackOutcome outcome = written(method);
    const Combination how = read_meta_model(folder / "meta_model.json");
    EXPECT_EQ(how.method, method);
    // In another order than the meta-model has them.
    const PredictionTable combined = combine({world.models[2].test, world.models[0].test, world.models[1].test}, how);
    ASSERT_EQ(combined.probability.size(), outcome.test.probability.size());
    for (size_t i = 0; i < combined.probability.size(); ++i)
      EXPECT_NEAR(combined.probability[i], outcome.test.probability[i], 1e-6) << method;
  }
}

TEST_F(Combine, HearsHowManyNeighboursWereAveraged) {
  StackOutcome outcome = written("mean");
  EXPECT_EQ(read_meta_model(folder / "meta_model.json").neighbours, 0);
  outcome.neighbours = 3;
  write_ensemble(folder, catalog, outcome, world.models);
  EXPECT_EQ(read_meta_model(folder / "meta_model.json").neighbours, 3);
  auto json = nlohmann::json::parse(read_file(folder / "meta_model.json"));
  json.erase("neighbours");  // as older versions wrote it
  publish(folder / "meta_model.json", json.dump());
  EXPECT_EQ(read_meta_model(folder / "meta_model.json").neighbours, 0);
  json["neighbours"] = -1;
  EXPECT_NE(refusal(json.dump()).find("neighbours -1 is not 0 to 100"), std::string::npos);
}

TEST_F(Combine, RefusesOtherModelsThanItWasMadeFor) {
  written("mean");
  const Combination how = read_meta_model(folder / "meta_model.json");
  EXPECT_THROW(combine({world.models[0].test, world.models[1].test}, how), InputError);
  PredictionTable stranger = world.models[2].test;
  stranger.model = "other";
  EXPECT_THROW(combine({world.models[0].test, world.models[1].test, stranger}, how), InputError);
}

TEST_F(Combine, RefusesAMetaModelThatIsDamaged) {
  written("logistic");
  auto json = nlohmann::json::parse(read_file(folder / "meta_model.json"));
  json["logistic"]["coefficient"].erase(0);
  EXPECT_NE(refusal(json.dump()).find("do not fit together"), std::string::npos);
  json["logistic"]["coefficient"].push_back(0);
  for (const auto& [key, value] : {std::pair<std::string, nlohmann::json>{"/chosen", "gometric"},
                                   {"/version", 99},
                                   {"/logistic/input", "logits"},
                                   {"/weighted/weight", {1}}}) {
    auto spoilt = json;
    spoilt[nlohmann::json::json_pointer(key)] = value;
    EXPECT_NE(refusal(spoilt.dump()), "not refused") << key;
  }
  EXPECT_NE(refusal("{\"format\": \"foldwave-meta-model\", \"version\": 1}").find("damaged"), std::string::npos);
  EXPECT_NE(refusal("[1, 2]").find("meta-model"), std::string::npos);
  EXPECT_NE(refusal("{}").find("no meta-model"), std::string::npos);
}

TEST_F(Combine, OfTablesAloneIsASubmissionTheirProbabilitiesAndNoScores) {
  const PredictionTable combined = combine({world.models[0].test, world.models[1].test}, {});
  write_answers(folder, catalog, combined);
  EXPECT_TRUE(std::filesystem::exists(folder / "submission.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder / "test.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder / "scores.json"));
  const std::string csv = read_file(folder / "probabilities.csv");
  EXPECT_EQ(csv.substr(0, csv.find('\n')), "song_id,3,7,19");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 11);
}

}  // namespace
}  // namespace foldwave::ensemble
