// Nothing lowers the stop flag again: the name of this file makes its test the program's last.
#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "store_folder.h"

namespace foldwave::preparation {
namespace {

using Stop = StoreFolder;

TEST_F(Stop, KeepsNothingHalfDone) {
  const Music music(6);
  StopFlag::raise();
  EXPECT_THROW(run(music), Stopped);
  EXPECT_FALSE(store::is_finished(config.store));
}

}  // namespace
}  // namespace foldwave::preparation
