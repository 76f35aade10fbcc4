// A world of this process alone, for the collective functions under test.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "foldwave/comm/world.h"

namespace foldwave::preparation {

class OneRank : public testing::Test {
 protected:
  // MPI starts once a process, and ends with it.
  static const comm::Group& world() {
    static int argc = 0;
    static char** argv = nullptr;
    static comm::World instance(argc, argv);
    return instance.all();
  }
};

}  // namespace foldwave::preparation
