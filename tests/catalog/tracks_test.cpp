#include "foldwave/catalog/tracks.h"

#include <gtest/gtest.h>

namespace foldwave::catalog {
namespace {

TEST(Tracks, GiveBackIdsAndPathsByNumber) {
  Tracks tracks;
  EXPECT_EQ(tracks.size(), 0U);
  tracks.push_back({"007", "a/b.ogg"});
  tracks.push_back({"", ""});
  tracks.push_back({"7", "c.ogg"});
  ASSERT_EQ(tracks.size(), 3U);
  EXPECT_EQ(tracks[0].id, "007");
  EXPECT_EQ(tracks[0].path, "a/b.ogg");
  EXPECT_EQ(tracks[1].id + tracks[1].path, "");
  EXPECT_EQ(tracks.id(2), "7");
  EXPECT_EQ(tracks.path(2), "c.ogg");
}

}  // namespace
}  // namespace foldwave::catalog
