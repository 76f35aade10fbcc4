// The main of a test program under mpirun: every rank runs every test, rank 0 prints.
#pragma once

#include <gtest/gtest.h>

#include "foldwave/comm/communicator.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/comm/world.h"

namespace foldwave::comm {

inline const World* world = nullptr;

// Why the ranks of this node cannot sum over NCCL; empty where they can. ctest skips tests that print it.
inline std::string missing_for_nccl() {
  if (!built_with_nccl()) return "built without NCCL";
  const auto gpus = static_cast<int>(gpu_names().size());
  if (gpus == 0) return "there is no CUDA device";
  const bool enough = world->local_size() <= gpus;
  return enough || can_share_devices(told_to_share_devices(), nccl_versions().loaded)
             ? ""
             : "this NCCL does not let ranks share a GPU";
}

inline int run_all_tests(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const World here(argc, argv);
  world = &here;
  if (here.rank() != 0)
    delete testing::UnitTest::GetInstance()->listeners().Release(
        testing::UnitTest::GetInstance()->listeners().default_result_printer());
  const int failed = RUN_ALL_TESTS();
  return here.agree_on_exit({failed, "", 0}, 30)->code;
}

}  // namespace foldwave::comm
