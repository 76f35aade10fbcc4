// A whole demo run on one GPU, by one rank, and by two that share it in a group over NCCL.
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

class OnGpu : public Program {
 protected:
  void SetUp() override {
    if (!fs::exists("/dev/nvidia0")) GTEST_SKIP() << "there is no NVIDIA device";
    if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES"); visible == nullptr)
      setenv("CUDA_VISIBLE_DEVICES", "0", 1);
  }

  void TearDown() override { unsetenv("NCCL_MULTI_RANK_GPU_ENABLE"); }

  static constexpr const char* kTooOldToShare = "NCCL_MULTI_RANK_GPU_ENABLE is of NCCL";
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
  if (ending.err.find(kTooOldToShare) != std::string::npos) GTEST_SKIP() << ending.err;
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(lines(root_ / "two", "submission.csv"), "");
}

// The rank that waits for it gives up by its own deadline, aborts NCCL's communicator and ends the launch.
TEST_F(OnGpu, ARankThatHangsInItsGroupEndsTheLaunchByTheDeadlineOfAStep) {
  setenv("NCCL_MULTI_RANK_GPU_ENABLE", "1", 1);
  const fs::path directory = root_ / "hangs";
  const std::vector<std::string> keys{"--run.ranks_per_trial", "2", "--train.epochs",    "200",
                                      "--run.silence_s",       "0", "--run.nccl_step_s", "5"};
  Launch child(start(under_mpirun(2, run_arguments(directory, keys)), root_ / "out", root_ / "err"));
  ASSERT_TRUE(wait_until([&] { return has_trained_an_epoch(directory) || child.has_ended(); }));
  if (slurp(root_ / "err").find(kTooOldToShare) != std::string::npos) GTEST_SKIP() << slurp(root_ / "err");
  kill(processes_of(directory).back(), SIGSTOP);
  EXPECT_TRUE(child.ends_within(5 + 10 + 5)) << slurp(root_ / "err");
  EXPECT_EQ(child.code(), 1) << slurp(root_ / "err");
  EXPECT_NE(slurp(root_ / "err").find("did not end within 5 s: a rank of the group is lost"), std::string::npos)
      << slurp(root_ / "err");
  EXPECT_TRUE(processes_of(directory).empty());
  EXPECT_TRUE(fs::exists(directory / "journal" / "lost-group"));  // so that slurm/job.sh starts it again
  const Ending again =
      run(2, directory, {"--run.ranks_per_trial", "2", "--train.epochs", "200", "--run.time_limit_s", "1"});
  EXPECT_EQ(again.code, 75) << again.err;
  EXPECT_FALSE(fs::exists(directory / "journal" / "lost-group"));
}

TEST_F(OnGpu, TwoRanksOfAGroupAreRefusedOtherwise) {
  unsetenv("NCCL_MULTI_RANK_GPU_ENABLE");
  const Ending ending = run(2, root_ / "refused", {"--run.ranks_per_trial", "2"});
  EXPECT_EQ(ending.code, 2);
  EXPECT_NE(ending.err.find("have the same GPU"), std::string::npos) << ending.err;
}

}  // namespace
}  // namespace foldwave::pipeline
