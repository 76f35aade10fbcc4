// A whole demo run on one GPU, by one rank, and by two that share it in a group over NCCL.
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class OnGpu : public Program {
 protected:
  void SetUp() override {
    if (!fs::exists("/dev/nvidia0")) GTEST_SKIP() << "there is no NVIDIA device";
    if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES"); visible == nullptr)
      setenv("CUDA_VISIBLE_DEVICES", "0", 1);
  }

  static std::string lines(const fs::path& run, const char* file) { return slurp(run / "ensemble" / file); }
};

TEST_F(OnGpu, ARunOfOneRankGivesASubmission) {
  unsetenv("NCCL_MULTI_RANK_GPU_ENABLE");
  const Ending ending = run(1, root_ / "one", {"--grid.backbones", "mfcc_mlp,resnet18,convnext_tiny"});
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(ending.err.find("1 GPU ("), std::string::npos) << ending.err;
  EXPECT_NE(ending.err.find("network interface"), std::string::npos) << ending.err;
  EXPECT_NE(lines(root_ / "one", "submission.csv"), "");
}

TEST_F(OnGpu, TwoRanksOfAGroupMayShareItWhereNcclIsToldSo) {
  setenv("NCCL_MULTI_RANK_GPU_ENABLE", "1", 1);
  const Ending ending = run(2, root_ / "two", {"--run.ranks_per_trial", "2"});
  unsetenv("NCCL_MULTI_RANK_GPU_ENABLE");
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(lines(root_ / "two", "submission.csv"), "");
}

TEST_F(OnGpu, TwoRanksOfAGroupAreRefusedOtherwise) {
  unsetenv("NCCL_MULTI_RANK_GPU_ENABLE");
  const Ending ending = run(2, root_ / "refused", {"--run.ranks_per_trial", "2"});
  EXPECT_EQ(ending.code, 2);
  EXPECT_NE(ending.err.find("have the same GPU"), std::string::npos) << ending.err;
}

}  // namespace
}  // namespace foldwave::pipeline
