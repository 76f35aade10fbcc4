#include "foldwave/models/neighbours.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace foldwave::models {
namespace {

constexpr int kColumns = 60;

// Recordings of `clips` clips each; what all songs share is large, what tells recordings apart is small.
std::vector<float> summaries(int recordings, int clips, unsigned seed = 1) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal;
  std::vector<float> common(kColumns), rows;
  for (float& value : common) value = normal(bits);
  for (int recording = 0; recording < recordings; ++recording) {
    std::vector<float> own(kColumns);
    for (float& value : own) value = normal(bits);
    for (int clip = 0; clip < clips; ++clip) {
      const float loudness = 30 * normal(bits);
      for (int i = 0; i < kColumns; ++i) rows.push_back(100 + loudness * common[i] + own[i] + 0.1F * normal(bits));
    }
  }
  return rows;
}

std::vector<int> all(int n) {
  std::vector<int> songs(n);
  std::iota(songs.begin(), songs.end(), 0);
  return songs;
}

TEST(Likeness, FindsTheOtherClipsOfARecordingFirst) {
  const int recordings = 100, clips = 3;
  const Likeness likeness(summaries(recordings, clips), recordings * clips);
  const auto nearest = likeness.nearest(all(recordings * clips), 5);
  ASSERT_EQ(nearest.size(), 300u);
  for (int song = 0; song < recordings * clips; ++song) {
    const auto& neighbours = nearest[song];
    ASSERT_GE(neighbours.size(), 2u);
    ASSERT_LE(neighbours.size(), 5u);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(neighbours[i].row / clips, song / clips) << song;
      EXPECT_NE(neighbours[i].row, song);
      EXPECT_GT(neighbours[i].likeness, 0.5);
    }
    for (size_t i = 1; i < neighbours.size(); ++i) EXPECT_LE(neighbours[i].likeness, neighbours[i - 1].likeness);
  }
}

TEST(Likeness, ComparesOnlyTheSongsThatItIsAskedAboutAndNumbersThem) {
  const Likeness likeness(summaries(60, 3), 180);
  std::vector<int> songs;  // two clips of each recording, from behind
  for (int recording = 59; recording >= 0; --recording) songs.insert(songs.end(), {3 * recording + 2, 3 * recording});
  const auto nearest = likeness.nearest(songs, 1);
  for (size_t row = 0; row < songs.size(); ++row) {
    ASSERT_EQ(nearest[row].size(), 1u);
    EXPECT_EQ(nearest[row][0].row, static_cast<int>(row ^ 1U));
  }
}

TEST(Likeness, OfManySongsIsThatOfEach) {
  const int songs = 5000;  // more than are compared at once
  const Likeness likeness(summaries(songs / 2, 2), songs);
  const auto nearest = likeness.nearest(all(songs), 1);
  int found = 0;
  for (int song = 0; song < songs; ++song) found += !nearest[song].empty() && nearest[song][0].row == (song ^ 1);
  EXPECT_EQ(found, songs);
}

TEST(Likeness, OfTooFewSongsKnowsNoNeighbours) {
  for (const int songs : {0, 1, 2, 9}) {
    const Likeness likeness(summaries(songs, 1), songs);
    for (const auto& neighbours : likeness.nearest(all(songs), 3)) EXPECT_TRUE(neighbours.empty()) << songs;
  }
  const Likeness likeness(summaries(20, 2), 40);
  EXPECT_TRUE(likeness.nearest({7}, 3)[0].empty());
  EXPECT_TRUE(likeness.nearest({}, 3).empty());
}

TEST(Likeness, PassesOverColumnsThatSayNothing) {
  std::vector<float> rows = summaries(40, 3);
  for (size_t i = 0; i < rows.size(); i += kColumns)
    rows[i] = 5, rows[i + 1] = rows[i + 2];  // constant; twice the same
  const Likeness likeness(rows, 120);
  const auto nearest = likeness.nearest(all(120), 2);
  for (int song = 0; song < 120; ++song) {
    ASSERT_EQ(nearest[song].size(), 2u);
    for (const Neighbour& neighbour : nearest[song]) {
      EXPECT_TRUE(std::isfinite(neighbour.likeness));
      EXPECT_EQ(neighbour.row / 3, song / 3);
    }
  }
}

TEST(Likeness, OfSongsThatAreAllTheSameIsNone) {
  const std::vector<float> rows(50 * kColumns, 2.5F);
  for (const auto& neighbours : Likeness(rows, 50).nearest(all(50), 3)) EXPECT_TRUE(neighbours.empty());
}

}  // namespace
}  // namespace foldwave::models
