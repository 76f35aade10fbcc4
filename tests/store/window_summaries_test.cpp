#include "store/window_summaries.h"

#include <gtest/gtest.h>

#include <thread>

#include "../formats/temporary_folder.h"
#include "example_store.h"

namespace foldwave::store {
namespace {

std::vector<float> summary_of_samples(std::span<const float> samples) {
  features::FeatureExtractor extract(small_config());
  features::Features features;
  extract(samples, features);
  return features.summary;
}

std::vector<float> window_of(const FeatureStore& store, int track, int first_frame, int frames) {
  std::vector<float> out(static_cast<size_t>(store.summary_columns()));
  store.read_window_summary(track, first_frame, frames, out);
  return out;
}

std::vector<float> trimmed(const FeatureStore& store, int track) {
  std::vector<float> samples(static_cast<size_t>(store.trim_end(track) - store.trim_begin(track)));
  store.read_waveform(track, store.trim_begin(track), samples);
  return samples;
}

class WindowsOfAStore : public testing::Test {
 protected:
  WindowsOfAStore() { make_store(folder_.path(), plan_of({0, 2, 5})); }
  const TemporaryFolder folder_;
};

TEST_F(WindowsOfAStore, AtTheEndOfATrackEndWithItsLastSample) {
  const FeatureStore store(folder_.path());
  const int track = 3, frames = 5, hop = small_config().hop_length;
  const int first = store.frames(track) - frames;
  const std::vector<float> samples = trimmed(store, track);
  const auto rest = std::span(samples).subspan(static_cast<size_t>(first) * hop);
  ASSERT_LT(rest.size(), static_cast<size_t>(frames) * hop);
  EXPECT_EQ(window_of(store, track, first, frames), summary_of_samples(rest));
}

TEST_F(WindowsOfAStore, AreTheSameFromSeveralThreadsAsFromOne) {
  constexpr int threads = 4, frames = 6, windows = 8;
  std::vector<std::vector<float>> expected;
  {
    const FeatureStore store(folder_.path());
    for (int track = 0; track < store.tracks(); ++track)
      for (int first = 0; first < windows; ++first) expected.push_back(window_of(store, track, first, frames));
  }
  const FeatureStore store(folder_.path());
  std::vector<std::vector<std::vector<float>>> got(threads, std::vector<std::vector<float>>(expected.size()));
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      for (size_t i = 0; i < expected.size(); ++i) {
        const size_t which = (i + static_cast<size_t>(t) * 3) % expected.size();  // in an order of its own
        got[t][which] = window_of(store, static_cast<int>(which) / windows, static_cast<int>(which) % windows, frames);
      }
    });
  for (std::thread& worker : workers) worker.join();
  for (int t = 0; t < threads; ++t) EXPECT_EQ(got[t], expected) << "thread " << t;
}

// How often `windows` asks for the samples of two windows that are read twice each; what it says of them is checked.
int times_made(WindowSummaries& windows) {
  std::vector<float> samples(2000);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(std::sin(0.05 * static_cast<double>(i)));
  int made = 0;
  for (const int begin : {0, 500, 0, 500}) {
    const auto part = std::span(samples).subspan(static_cast<size_t>(begin), 1000);
    const std::vector<float> expected = summary_of_samples(part);
    std::vector<float> got(expected.size());
    windows.read(
        {.track = 0, .first_frame = begin, .frames = 7},
        [&](std::vector<float>& out) {
          ++made;
          out.assign(part.begin(), part.end());
        },
        got);
    EXPECT_EQ(got, expected) << begin;
  }
  return made;
}

TEST(WindowSummaries, AreKeptUpToTheirBoundAndMadeAnewBeyondIt) {
  const size_t one = features::summary_names(small_config()).size() * sizeof(float);
  WindowSummaries all(small_config()), first(small_config(), one + 1), none(small_config(), one - 1);
  EXPECT_EQ(times_made(all), 2);
  EXPECT_EQ(times_made(first), 3);
  EXPECT_EQ(times_made(none), 4);
}

}  // namespace
}  // namespace foldwave::store
