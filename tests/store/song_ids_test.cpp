#include "store/song_ids.h"

#include <gtest/gtest.h>

namespace foldwave::store {
namespace {

TEST(SongIds, FindEveryIdAndNoOther) {
  constexpr int count = 5000;
  SongIds ids(count);
  for (int i = 0; i < count; ++i) ids.add("00" + std::to_string(7 * i));
  ASSERT_EQ(ids.size(), 5000u);
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(ids.find("00" + std::to_string(7 * i)), i);
    EXPECT_EQ(ids[static_cast<size_t>(i)], "00" + std::to_string(7 * i));
  }
  for (const char* other : {"", "0", "001", "7", "0035000"}) EXPECT_EQ(ids.find(other), -1) << other;
}

TEST(SongIds, AnIdThatComesTwiceIsItsFirstTrack) {
  SongIds ids(3);
  for (const char* id : {"a", "b", "a"}) ids.add(id);
  EXPECT_EQ(ids.find("a"), 0);
  EXPECT_EQ(ids[2], "a");
}

TEST(SongIds, NoneIsFoundAmongNone) { EXPECT_EQ(SongIds(0).find("a"), -1); }

}  // namespace
}  // namespace foldwave::store
