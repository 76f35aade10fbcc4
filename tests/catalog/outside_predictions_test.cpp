#include "foldwave/catalog/outside_predictions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/hdf5.h"
#include "tables.h"

namespace foldwave::catalog {
namespace {

struct OutsidePredictionsOf : Tables {
  Catalog catalog;
  OutsidePredictionsOf() {
    catalog.id_column = "song_id", catalog.label_column = "genre_id";
    catalog.class_ids = {"3", "7", "19"};
    catalog.class_names = {"rock", "pop", "jazz"};
  }
  OutsidePredictions read(const std::string& csv) const {
    publish(folder / "net.csv", csv);
    return read_outside_predictions(folder / "net.csv", catalog);
  }
  std::string refusal(const std::string& csv) const {
    try {
      read(csv);
    } catch (const InputError& error) {
      const std::string text = error.what();
      return text.substr(text.find("net.csv"));
    }
    return "not refused";
  }
};

TEST_F(OutsidePredictionsOf, ACsvTakeItsClassesByIdOrNameInAnyOrder) {
  const OutsidePredictions outside = read("jazz,song_id,3,pop\n 0.1,007,+0.7,0.2\n1,b,0,0\n");
  EXPECT_EQ(outside.table.model, "net");
  EXPECT_EQ(outside.table.song_id, (std::vector<std::string>{"007", "b"}));
  EXPECT_EQ(outside.table.probability, (std::vector<float>{0.7F, 0.2F, 0.1F, 0, 0, 1}));
  EXPECT_EQ(outside.table.label, (std::vector<int>{-1, -1}));
  EXPECT_TRUE(outside.fold.empty());
}

TEST_F(OutsidePredictionsOf, ACsvMaySayTheFolds) {
  EXPECT_EQ(read("song_id,fold,3,7,19\na,1,1,0,0\nb,0,1,0,0\n").fold, (std::vector<int>{1, 0}));
}

TEST_F(OutsidePredictionsOf, ACsvMaySayTheLabels) {
  EXPECT_EQ(read("song_id,genre_id,3,7,19\na,19,1,0,0\nb,3,1,0,0\n").table.label, (std::vector<int>{2, 0}));
}

TEST_F(OutsidePredictionsOf, ACsvAreRefusedByLineAndColumn) {
  EXPECT_EQ(refusal("song_id,3,7,19\na,1,0,x\n"), "net.csv line 2: 19 'x' is not a number");
  EXPECT_EQ(refusal("song_id,3,7,19\na,1,0,0\na,1,0,0\n"),
            "net.csv line 3: song_id 'a' is already on line 2; it may occur only once");
  EXPECT_EQ(refusal("song_id,3,7\na,1,0\n"), "net.csv: there is no column for the class '19' (jazz)");
  EXPECT_EQ(refusal("song_id,3,7,19,rock\na,1,0,0,0\n"), "net.csv: columns '3' and 'rock' are of the same class");
  EXPECT_EQ(refusal("song_id,3,7,19,blues\na,1,0,0,0\n"),
            "net.csv: column 'blues' is none of song_id, fold, genre_id and the classes of the training table");
  EXPECT_EQ(refusal("song_id,3,7,19,genre_id\na,1,0,0,8\n"),
            "net.csv line 2: genre_id '8' is no class of the training table");
  EXPECT_TRUE(std::isnan(read("song_id,3,7,19\na,nan,0,1\n").table.probability[0]));  // refused where it is gathered
}

TEST_F(OutsidePredictionsOf, AnHdf5FileOfAnotherProgramMayHaveNoAttributesAndNoLabels) {
  auto file = formats::Hdf5File::create(folder / "bare.h5");
  file.write_strings("/song_id", {"a", "b"});
  file.write<float>("/probability", std::vector<float>{1, 0, 0, 0, 1, 0}, {2, 3});
  file.close();
  const OutsidePredictions outside = read_outside_predictions(folder / "bare.h5", catalog);
  EXPECT_EQ(outside.table.model, "bare");
  EXPECT_EQ(outside.table.label, (std::vector<int>{-1, -1}));
  EXPECT_TRUE(outside.fold.empty());
  EXPECT_EQ(read_model_of(folder / "bare.h5").model, "");
}

TEST_F(OutsidePredictionsOf, AnHdf5FileMayHaveNumbersForIds) {
  auto file = formats::Hdf5File::create(folder / "numbers.h5");
  file.write<int64_t>("/song_id", std::vector<int64_t>{17, 3000000000}, {2});
  file.write<float>("/probability", std::vector<float>{1, 0, 0, 0, 1, 0}, {2, 3});
  file.close();
  EXPECT_EQ(read_outside_predictions(folder / "numbers.h5", catalog).table.song_id,
            (std::vector<std::string>{"17", "3000000000"}));
}

TEST_F(OutsidePredictionsOf, AnHdf5FileMaySayTheFoldOfEachRowAndItsClasses) {
  const auto written = [&](const std::vector<std::string>& classes) {
    auto file = formats::Hdf5File::create(folder / "more.h5");
    file.write_strings("/song_id", {"a", "b"});
    file.write<float>("/probability", std::vector<float>{1, 0, 0, 0, 1, 0}, {2, 3});
    file.write<int32_t>("/fold", std::vector<int32_t>{1, 0}, {2});
    file.write_strings("/classes", classes);
    file.close();
    return folder / "more.h5";
  };
  EXPECT_EQ(read_outside_predictions(written(catalog.class_ids), catalog).fold, (std::vector<int>{1, 0}));
  EXPECT_EQ(read_outside_predictions(written(catalog.class_names), catalog).fold, (std::vector<int>{1, 0}));
  EXPECT_THROW(read_outside_predictions(written({"3", "7", "20"}), catalog), InputError);
  EXPECT_THROW(read_outside_predictions(written({"3", "7"}), catalog), InputError);
}

TEST_F(OutsidePredictionsOf, TheColumnsOfAnHdf5FileAreOfTheClassesThatItNames) {
  const auto columns = [&](const auto& name_them) {
    auto file = formats::Hdf5File::create(folder / "ordered.h5");
    file.write_strings("/song_id", {"a"});
    file.write<float>("/probability", std::vector<float>{0.5F, 0.375F, 0.125F}, {1, 3});
    file.write<int32_t>("/label", std::vector<int32_t>{0}, {1});
    name_them(file);
    file.close();
    const PredictionTable table = read_outside_predictions(folder / "ordered.h5", catalog).table;
    EXPECT_EQ(table.probability[static_cast<size_t>(table.label[0])], 0.5F);
    return table.probability;
  };
  const auto as_numbers = [](const std::vector<double>& classes) {
    return [classes](formats::Hdf5File& file) { file.write<double>("/class_ids", classes, {3}); };
  };
  EXPECT_EQ(columns([](auto&) {}), (std::vector<float>{0.5F, 0.375F, 0.125F}));
  EXPECT_EQ(columns(as_numbers({19, 3, 7})), (std::vector<float>{0.375F, 0.125F, 0.5F}));
  EXPECT_EQ(columns([](auto& file) {
              file.write_strings("/classes", {"jazz", "rock", "pop"});
            }),
            (std::vector<float>{0.375F, 0.125F, 0.5F}));
  EXPECT_THROW(columns(as_numbers({19.5, 3, 7})), InputError);
  EXPECT_THROW(columns(as_numbers({0, 1, 2})), InputError);
  EXPECT_EQ(columns([](auto& file) {
              file.template write<int64_t>("/classes", std::vector<int64_t>{0, 1, 2}, {3});
              file.write_strings("/class_ids", {"19", "3", "7"});
            }),
            (std::vector<float>{0.375F, 0.125F, 0.5F}));
}

TEST_F(OutsidePredictionsOf, AnHdf5FileOfOursSayWhatTheyAreOf) {
  PredictionTable table;
  table.model = "resnet18", table.augment = "masks", table.seed = 2, table.fold = 1, table.classes = 3;
  table.song_id = {"a"}, table.label = {2}, table.probability = {0, 0, 1};
  write_predictions(folder / "oof.h5", table);
  const OutsidePredictions outside = read_outside_predictions(folder / "oof.h5", catalog);
  EXPECT_EQ(outside.fold, std::vector<int>{1});
  EXPECT_EQ(outside.table.label, std::vector<int>{2});
  EXPECT_EQ(read_model_of(folder / "oof.h5").seed, 2);
  table.classes = 1, table.probability = {1}, table.label = {0};
  write_predictions(folder / "oof.h5", table);
  EXPECT_THROW(read_outside_predictions(folder / "oof.h5", catalog), InputError);
}

}  // namespace
}  // namespace foldwave::catalog
