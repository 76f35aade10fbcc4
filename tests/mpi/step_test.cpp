// Whole steps of training over MPI, under mpirun: a group of any size loses at each step what one rank loses.
#include "training/step.h"

#include <gtest/gtest.h>

#include "foldwave/comm/gpus.h"
#include "mpi/world_main.h"
#include "training/recipes.h"

namespace foldwave::training {
namespace {

class StepOverMpi : public testing::TestWithParam<Recipe> {};

TEST_P(StepOverMpi, LosesWhatOneRankLoses) {
  torch::set_num_threads(1);
  const comm::World& world = *comm::world;
  const auto everyone = comm::make_mpi_communicator(world.all());
  const auto alone = comm::make_mpi_communicator(world.group({world.rank()}, 7));
  const auto expected = losses_of(GetParam(), *alone), got = losses_of(GetParam(), *everyone);
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-4) << "step " << i;
  EXPECT_NE(got.front(), got.back()) << "it learns";
}

// On a GPU that the ranks share, or one each; TF32 would round more than the tolerance.
class StepOverNccl : public testing::TestWithParam<Recipe> {};

TEST_P(StepOverNccl, LosesWhatOneRankLoses) {
  const comm::World& world = *comm::world;
  if (const std::string missing = comm::missing_for_nccl(); !missing.empty()) GTEST_SKIP() << missing;
  at::globalContext().setAllowTF32CuDNN(false);
  at::globalContext().setAllowTF32CuBLAS(false);
  const int device = world.local_rank() % static_cast<int>(comm::gpu_names().size());
  Recipe recipe = GetParam();
  recipe.config.device = torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(device));
  const auto everyone = comm::make_nccl_communicator(world.all(), device, {});
  const auto alone = comm::make_mpi_communicator(world.group({world.rank()}, 7));
  const auto expected = losses_of(recipe, *alone), got = losses_of(recipe, *everyone);
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-4) << "step " << i;
}

Recipe of_crops(const std::string& name, const std::string& backbone) {
  return {name, {.name = backbone, .classes = classes}, step_config(), false, 1e-4};
}

Recipe of_mixtures(Recipe recipe, const std::string& name) {
  recipe.name = name;
  recipe.config.class_weight = {0.5F, 1, 2};
  recipe.mixed = true;
  return recipe;
}

std::vector<Recipe> recipes() {
  const Recipe resnet = of_crops("SyncBatchNorm", "resnet18"), dropout = of_summaries("Dropout");
  return {of_crops("ConvNext", "convnext_tiny"), resnet, dropout,
          of_mixtures(dropout, "DropoutOfMixturesWithClassWeights")};
}

INSTANTIATE_TEST_SUITE_P(Recipes, StepOverMpi, testing::ValuesIn(recipes()),
                         [](const auto& test) { return test.param.name; });
INSTANTIATE_TEST_SUITE_P(Recipes, StepOverNccl, testing::ValuesIn(recipes()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace foldwave::training

int main(int argc, char** argv) { return foldwave::comm::run_all_tests(argc, argv); }
