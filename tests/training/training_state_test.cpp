#include "training/training_state.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "foldwave/core/files.h"
#include "training/small_trial.h"

namespace foldwave::training {
namespace {

int64_t newest(const std::filesystem::path& directory) {
  std::vector<std::string> damaged;
  return newest_state(directory, "mine", damaged).value_or(0);
}

class TrainingStates : public SmallTrial {};

TEST_F(TrainingStates, AreTheLastTwoAndNoneThatWasPassedOver) {
  const std::filesystem::path directory = folder / "states";
  make_directories(directory);
  const NamedTensors tensors{{"weight", torch::ones({2})}};
  TrainingState state(2);
  for (state.updates = 1; state.updates <= 12; ++state.updates) write_state(directory, state, "mine", tensors);
  EXPECT_FALSE(std::filesystem::exists(directory / "last-10.safetensors"));
  for (const char* name : {"last-11.safetensors", "last-12.safetensors"}) publish(directory / name, "damaged");
  EXPECT_EQ(newest(directory), 0);
  state.updates = 1;  // from the start again
  write_state(directory, state, "mine", tensors);
  EXPECT_EQ(newest(directory), 1);
  state.updates = 2;
  write_state(directory, state, "mine", tensors);
  EXPECT_EQ(newest(directory), 2);
  EXPECT_FALSE(std::filesystem::exists(directory / "last-12.safetensors"));
}

}  // namespace
}  // namespace foldwave::training
