#include "foldwave/core/trial_id.h"

#include <gtest/gtest.h>

namespace foldwave {
namespace {

TEST(TrialIds, AreTakenApartAndPutTogether) {
  const std::string id = "resnet18+masks+lr=1e+3/seed-12/fold-0";
  const TrialId parsed = TrialId::parse(id);
  EXPECT_EQ(parsed.point, "resnet18+masks+lr=1e+3");
  EXPECT_EQ(parsed.seed, "12");
  EXPECT_EQ(parsed.fold, "0");
  EXPECT_FALSE(parsed.is_refit());
  EXPECT_EQ(parsed.series(), "resnet18+masks+lr=1e+3/seed-12");
  EXPECT_EQ(parsed.text(), id);
  EXPECT_TRUE(TrialId::parse("logistic+none/seed-1/fold-all").is_refit());
}

TEST(TrialIds, OfAnotherShapeAreAllPoint) {
  for (const char* text : {"", "resnet18+none", "a/b", "/", "seed-1"}) {
    EXPECT_EQ(TrialId::parse(text).point, text);
    EXPECT_EQ(TrialId::parse(text).series(), text);
  }
}

}  // namespace
}  // namespace foldwave
