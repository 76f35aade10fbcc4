#include "preparation/stamp.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "../formats/temporary_folder.h"

namespace foldwave::preparation {
namespace {

TEST(Stamp, StaysTheSameAsLongAsTheFileDoes) {
  const TemporaryFolder folder;
  put(folder / "a.ogg", "music");
  const std::string before = stamp_of(folder / "a.ogg", 120);
  EXPECT_EQ(bytes_of(folder / "a.ogg"), "music");  // reading is no change
  EXPECT_EQ(stamp_of(folder / "a.ogg", 120), before);
}

TEST(Stamp, ChangesWithSizeAndTimesAndRightsAndPatience) {
  const TemporaryFolder folder;
  const auto file = folder / "a.ogg";
  const std::string missing = stamp_of(file, 120);
  put(file, "music");
  const std::string first = stamp_of(file, 120);
  EXPECT_NE(first, missing);
  EXPECT_NE(stamp_of(file, 240), first);
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) - std::chrono::hours(1));
  const std::string older = stamp_of(file, 120);
  EXPECT_NE(older, first);
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  EXPECT_NE(stamp_of(file, 120), older);
}

TEST(Stamp, TellsAMissingFileFromOneBehindAFile) {
  const TemporaryFolder folder;
  put(folder / "a", "");
  EXPECT_NE(stamp_of(folder / "a" / "b.ogg", 120), stamp_of(folder / "b.ogg", 120));
}

}  // namespace
}  // namespace foldwave::preparation
