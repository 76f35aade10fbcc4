#include "training/publish.h"

#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/core/errors.h"
#include "training/small_trial.h"

namespace foldwave::training {
namespace {

class ATrialsPredictions : public SmallTrial {};

TEST_F(ATrialsPredictions, ThatAreNoNumbersAreRefused) {
  const store::FeatureStore store(folder);
  const TrialSetup trial = setup("resnet18", "ruined");
  std::vector<float> probability(9, 1.0F / 3);
  EXPECT_EQ(prediction_table(trial, store, probability).probability.size(), 9U);
  for (const float bad : {std::nanf(""), HUGE_VALF}) try {
      probability[4] = bad;
      prediction_table(trial, store, probability);
      ADD_FAILURE() << bad;
    } catch (const SystemError& error) {
      EXPECT_STREQ(error.what(),
                   "resnet18+none seed 1 fold 0: its probabilities are not finite, for training ruined its weights");
    }
}

}  // namespace
}  // namespace foldwave::training
