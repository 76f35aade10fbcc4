#include "foldwave/comm/gpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "foldwave/core/errors.h"
#include "foldwave/core/options.h"

namespace foldwave::comm {
namespace {

std::string refusal_of(const std::function<void()>& check) {
  try {
    check();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

std::string refusal(int loaded, int compiled_with, int of_torch) {
  return refusal_of([&] { require_nccl({loaded, compiled_with, of_torch, "/usr/lib/libnccl.so.2"}); });
}

TEST(RequireNccl, TakesTheVersionItWasBuiltWithAndNewerOnes) {
  EXPECT_EQ(refusal(23007, 23007, 23007), "");
  EXPECT_EQ(refusal(23103, 23007, 23007), "");
  EXPECT_EQ(refusal(23007, 23007, 0), "") << "a LibTorch that does not tell";
}

TEST(RequireNccl, RefusesAnOlderOneAndSaysWhereItIs) {
  EXPECT_EQ(refusal(22809, 23007, 23007),
            "NCCL 2.28.9 (/usr/lib/libnccl.so.2) was loaded, but foldwave was built with 2.30.7 and needs that or a "
            "newer 2.x: take the other one out of LD_LIBRARY_PATH");
  EXPECT_NE(refusal(22809, 22700, 23007).find("but LibTorch was built with 2.30.7"), std::string::npos);
}

TEST(RequireNccl, RefusesAnotherMajorVersionAndNone) {
  EXPECT_NE(refusal(30001, 23007, 23007).find("needs that or a newer 2.x"), std::string::npos);
  EXPECT_NE(refusal(0, 23007, 23007).find("does not tell its version"), std::string::npos);
}

TEST(TextOfNccl, HasVersionAndPath) {
  EXPECT_EQ(text_of_nccl({23007, 23007, 0, "/opt/libnccl.so.2"}), "2.30.7 (/opt/libnccl.so.2)");
  EXPECT_EQ(text_of_nccl({}), "");
}

TEST(SharedDevices, AreRefusedByNameUnlessTheyAreAllowed) {
  const std::vector<std::string> shared{"a 0000:17:00.0", "a 0000:3d:00.0", "b 0000:17:00.0", "a 0000:17:00.0"};
  EXPECT_EQ(refusal_of([&] { refuse_shared_devices(shared, false, 23007); }),
            "ranks 0 and 3 of a group have the same GPU (a 0000:17:00.0): start one rank a GPU, or set "
            "run.ranks_per_trial to 1, or NCCL_MULTI_RANK_GPU_ENABLE=1");
  EXPECT_EQ(refusal_of([&] { refuse_shared_devices(shared, true, 22809); }),
            "ranks 0 and 3 of a group have the same GPU (a 0000:17:00.0): start one rank a GPU, or set "
            "run.ranks_per_trial to 1; NCCL_MULTI_RANK_GPU_ENABLE is of NCCL 2.30.0 and newer, and 2.28.9 was loaded");
  EXPECT_EQ(refusal_of([&] { refuse_shared_devices(shared, true, 23007); }), "");
  EXPECT_EQ(refusal_of([&] { refuse_shared_devices({"a 1", "a 2", "b 1"}, false, 0); }), "");
}

TEST(GpuDriver, IsTheFirstWordOfDigits) {
  EXPECT_EQ(driver_in("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build"),
            "580.159.04");
  EXPECT_EQ(driver_in("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024"),
            "535.183.01");
  EXPECT_EQ(driver_in(""), "");
}

TEST(NcclInterface, IsTheOneChosenOrInfiniBandOrTheFirstToOtherNodes) {
  EXPECT_EQ(nccl_interface({"lo", "docker0", "eth0", "ib0"}, ""), "ib0");
  EXPECT_EQ(nccl_interface({"lo", "docker0", "eth0", "eth1"}, ""), "eth0");
  EXPECT_EQ(nccl_interface({"lo"}, ""), "lo");
  EXPECT_EQ(nccl_interface({}, ""), "");
  EXPECT_EQ(nccl_interface({"lo", "eth0"}, "eth1"), "eth1");
}

TEST(NetworkInterfaces, NameEachOnce) {
  std::vector<std::string> names = network_interfaces();
  EXPECT_FALSE(names.empty());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(Deadlines, AreOptionsOfTheRun) {
  OptionRegistry registry;
  declare_options(registry);
  const Deadlines plain = deadlines(resolve(registry, std::nullopt, {}));
  EXPECT_EQ(plain.init_s, Deadlines{}.init_s);
  EXPECT_EQ(plain.step_s, Deadlines{}.step_s);
  EXPECT_EQ(plain.checkpoint_s, Deadlines{}.checkpoint_s);
  const Deadlines given =
      deadlines(resolve(registry, std::nullopt,
                        {"--run.nccl_init_s", "1", "--run.nccl_step_s", "2.5", "--run.nccl_checkpoint_s", "86400"}));
  EXPECT_EQ(given.init_s, 1);
  EXPECT_EQ(given.step_s, 2.5);
  EXPECT_EQ(given.checkpoint_s, 86400);
  const std::string refused = refusal_of([&] { resolve(registry, std::nullopt, {"--run.nccl_step_s", "0"}); });
  EXPECT_NE(refused.find("run.nccl_step_s"), std::string::npos);
}

}  // namespace
}  // namespace foldwave::comm
