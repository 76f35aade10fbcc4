// The main of a test program under mpirun: every rank runs every test, rank 0 prints.
#pragma once

#include <gtest/gtest.h>

#include "foldwave/comm/world.h"

namespace foldwave::comm {

inline const World* world = nullptr;

constexpr const char* kNoSharing = "this NCCL does not let ranks share a GPU";

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
