#include "report/grid_effects.h"

#include <gtest/gtest.h>

#include <cmath>

#include "made_up_run.h"
#include "report/grid_point.h"
#include "report/natural_order.h"

namespace foldwave::report {
namespace {

using journal::RunRecord;
using journal::TrialState;

void add(RunRecord& record, const std::string& id, double f1, TrialState state = TrialState::finished) {
  record.trials[id] = test::trial(id, state, f1);
}

const AxisEffect* effect_on(const std::vector<AxisEffect>& effects, const std::string& axis) {
  for (const AxisEffect& effect : effects)
    if (effect.axis == axis) return &effect;
  return nullptr;
}

TEST(GridEffects, AreMeansOfPairsThatDifferInOneAxisAlone) {
  RunRecord record;
  add(record, "a+none+lr=0.1/seed-1/fold-0", 0.5);
  add(record, "a+none+lr=0.1/seed-1/fold-1", 0.6);
  add(record, "a+masks+lr=0.1/seed-1/fold-0", 0.7);
  add(record, "a+masks+lr=0.1/seed-1/fold-1", 0.7);
  add(record, "a+masks+lr=0.2/seed-1/fold-0", 0.1);  // has no partner without masks
  const auto effects = grid_effects(record, {});
  ASSERT_EQ(effects.size(), 2u);
  const AxisEffect* augment = effect_on(effects, "augment");
  ASSERT_NE(augment, nullptr);
  EXPECT_EQ(augment->reference, "none");
  ASSERT_EQ(augment->level.size(), 1u);
  ASSERT_EQ(augment->level[0].difference.size(), 2u);
  EXPECT_NEAR(augment->level[0].mean(), 0.15, 1e-12);
  EXPECT_NEAR(augment->level[0].standard_deviation(), std::sqrt(0.005), 1e-12);
  EXPECT_EQ(augment->level[0].better(), 2);
  EXPECT_NEAR(augment->level[0].mean_f1, 0.5, 1e-12);
  const AxisEffect* lr = effect_on(effects, "lr");
  ASSERT_NE(lr, nullptr);
  EXPECT_EQ(lr->reference, "0.1");
  ASSERT_EQ(lr->level[0].difference.size(), 1u);
  EXPECT_NEAR(lr->level[0].mean(), -0.6, 1e-12);
  EXPECT_TRUE(std::isnan(lr->level[0].standard_deviation()));
}

TEST(GridEffects, CountABackboneWithoutAugmentationUnderEach) {
  RunRecord record;
  add(record, "mfcc_mlp+none/seed-1/fold-0", 0.5);
  add(record, "resnet18+masks/seed-1/fold-0", 0.6);
  add(record, "resnet18+noise/seed-1/fold-0", 0.8);
  const auto strict = grid_effects(record, {}), lenient = grid_effects(record, {"mfcc_mlp"});
  EXPECT_TRUE(effect_on(strict, "backbone")->level[0].difference.empty());
  EXPECT_EQ(effect_on(lenient, "backbone")->level[0].difference.size(), 2u);
  EXPECT_NEAR(std::abs(effect_on(lenient, "backbone")->level[0].mean()), 0.2, 1e-12);
  for (const LevelEffect& level : effect_on(lenient, "augment")->level)
    EXPECT_EQ(level.difference.size(), level.level == "none" ? 0u : 1u) << level.level;
}

TEST(GridEffects, LeaveOutWhatIsUnfinishedAndFitsOnAllRows) {
  RunRecord record;
  add(record, "a+none/seed-1/fold-0", 0.5);
  add(record, "a+masks/seed-1/fold-0", 0.9, TrialState::dropped);
  add(record, "a+masks/seed-1/fold-all", std::nan(""));
  EXPECT_TRUE(grid_effects(record, {}).empty());
}

TEST(GridPoint, IsReadFromATrialsIdWhateverItHolds) {
  const GridPoint point = grid_point("resnet18+masks+lr=1e+3+select=last/seed-2/fold-all");
  EXPECT_EQ(point.backbone, "resnet18");
  EXPECT_EQ(point.augment, "masks");
  EXPECT_EQ(value_on(point, "lr"), "1e+3");
  EXPECT_EQ(value_on(point, "select"), "last");
  EXPECT_EQ(point.seed, "2");
  EXPECT_EQ(point.fold, "all");
  for (const char* odd : {"", "+", "/", "a/b/c", "=/seed-/fold-", "<script>"}) EXPECT_NO_THROW(grid_point(odd));
  EXPECT_EQ(grid_point("<script>/seed-1/fold-0").backbone, "<script>");
}

TEST(NaturalOrder, CountsAsPeopleDo) {
  EXPECT_TRUE(natural_order("fold-2", "fold-10"));
  EXPECT_TRUE(natural_order("0.003", "0.01"));
  EXPECT_TRUE(natural_order("1e-4", "0.001"));
  EXPECT_TRUE(natural_order("10", "a"));
  EXPECT_FALSE(natural_order("a", "a"));
}

}  // namespace
}  // namespace foldwave::report
