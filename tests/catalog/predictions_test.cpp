#include "foldwave/catalog/predictions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "foldwave/formats/hdf5.h"
#include "tables.h"

namespace foldwave::catalog {
namespace {

PredictionTable example() {
  PredictionTable table;
  table.model = "resnet18";
  table.augment = "specaugment";
  table.seed = 7;
  table.fold = 2;
  table.macro_f1 = 0.5;
  table.song_id = {"007", "7", "ä"};
  table.label = {1, 0, -1};
  table.classes = 2;
  table.probability = {0.25F, 0.75F, 0.5F, 0.5F, 1, 0};
  return table;
}

using Predictions = Tables;

TEST_F(Predictions, ComeBackAsTheyWereWritten) {
  PredictionTable table = example();
  table.macro_f1 = std::numeric_limits<double>::quiet_NaN();
  table.optimistic = true;
  write_predictions(folder / "oof.h5", table);
  const PredictionTable read = read_predictions(folder / "oof.h5");
  EXPECT_EQ(read.model, table.model);
  EXPECT_EQ(read.augment, table.augment);
  EXPECT_EQ(read.seed, table.seed);
  EXPECT_EQ(read.fold, table.fold);
  EXPECT_TRUE(std::isnan(read.macro_f1));
  EXPECT_EQ(read.song_id, table.song_id);
  EXPECT_EQ(read.label, table.label);
  EXPECT_EQ(read.classes, table.classes);
  EXPECT_EQ(read.probability, table.probability);
  EXPECT_TRUE(read.optimistic);
}

TEST_F(Predictions, AreTheSameBytesForTheSameTable) {
  write_predictions(folder / "a.h5", example());
  write_predictions(folder / "b.h5", example());
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
}

TEST_F(Predictions, ThatChangedOnTheDiskAreRefused) {
  const auto path = folder / "oof.h5";
  write_predictions(path, example());
  std::string bytes = read_file(path);
  const float written = 0.75F;
  const size_t at = bytes.find(std::string(reinterpret_cast<const char*>(&written), sizeof written));
  ASSERT_NE(at, std::string::npos);
  bytes[at] ^= 1;  // the last digit
  publish(path, bytes);
  EXPECT_EQ(error_of([&] { read_predictions(path); }),
            "oof.h5: damaged: its contents do not match its attribute 'checksum'");
}

TEST_F(Predictions, AreRefusedWhereTheFileIsNoSuchTable) {
  const auto refused = [this](const PredictionTable& table) {
    return error_of([&] { write_predictions(folder / "x.h5", table); });
  };
  PredictionTable table = example();
  table.label[1] = 2;
  EXPECT_EQ(refused(table),
            "x.h5 is not a prediction table: the label of song_id '7' is 2, where -1 to 1 was expected");
  table = example();
  table.label.pop_back();
  EXPECT_EQ(refused(table), "x.h5 is not a prediction table: /label has another number of rows than /song_id");

  auto file = formats::Hdf5File::create(folder / "other.h5");
  file.write_strings("/song_id", {"a"});
  file.close();
  EXPECT_EQ(error_of([&] { read_predictions(folder / "other.h5"); }),
            "other.h5 is not a prediction table: it has no /probability");
}

TEST(MacroF1, IsThatOfScikitLearn) {
  const auto golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/stacking.h5");
  const std::vector<int> truth = golden.read<int32_t>("/labels");
  const std::vector<float> oof = golden.read<float>("/oof");
  const std::vector<uint64_t> shape = golden.shape("/oof");
  for (uint64_t model = 0; model < shape[0]; ++model) {
    const auto begin = oof.begin() + static_cast<std::ptrdiff_t>(model * shape[1] * shape[2]);
    const std::vector<float> probability(begin, begin + static_cast<std::ptrdiff_t>(shape[1] * shape[2]));
    const int classes = static_cast<int>(shape[2]);
    EXPECT_NEAR(macro_f1(truth, most_likely(probability, classes), classes),
                golden.number_attribute("/", "model" + std::to_string(model) + "_macro_f1"), 1e-12);
  }
}

TEST(MacroF1, AveragesOverTheClassesThatOccurAndSkipsRowsOfUnknownTruth) {
  EXPECT_DOUBLE_EQ(macro_f1({0, 0, 1, -1}, {0, 1, 1, 3}, 4), 2.0 / 3);
  EXPECT_DOUBLE_EQ(macro_f1({0, 0}, {0, 2}, 3), 1.0 / 3);
  EXPECT_EQ(macro_f1({-1}, {0}, 2), 0);
}

TEST(MostLikely, IsTheFirstOfEquals) {
  EXPECT_EQ(most_likely({0.5F, 0.5F, 0, 0.2F, 0.2F, 0.6F}, 3), (std::vector<int>{0, 2}));
}

}  // namespace
}  // namespace foldwave::catalog
