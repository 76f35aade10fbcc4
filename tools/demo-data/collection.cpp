#include "collection.h"

#include <algorithm>
#include <numeric>

namespace demo {
namespace {

constexpr int kFewestClipsOfSong = 2;
constexpr int kMostClipsOfSong = 4;

std::string padded(std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// Numbers of clips of songs that sum to `clips`.
std::vector<int> draw_song_sizes(int clips, Random& random) {
  std::vector<int> sizes;
  while (clips > 0) {
    const int size = std::min(clips, kFewestClipsOfSong + random.below(kMostClipsOfSong - kFewestClipsOfSong + 1));
    sizes.push_back(size);
    clips -= size;
  }
  return sizes;
}

// Marks whole songs until the share is reached; the first song of a genre always stays in the training table.
std::vector<bool> draw_held_out(const std::vector<int>& sizes, double share) {
  const double wanted = share * std::accumulate(sizes.begin(), sizes.end(), 0);
  std::vector<bool> held_out(sizes.size(), false);
  double taken = 0;
  for (std::size_t i = sizes.size(); i-- > 1 && taken + sizes[i] / 2.0 <= wanted;) {
    held_out[i] = true;
    taken += sizes[i];
  }
  return held_out;
}

}  // namespace

Collection plan_collection(const Options& options) {
  Collection collection;
  Random random(options.seed, Stream::kCollection, 0);
  for (int genre = 0; genre < options.genres; ++genre) {
    const int clips = options.clips / options.genres + (genre < options.clips % options.genres ? 1 : 0);
    const std::vector<int> sizes = draw_song_sizes(clips, random);
    const std::vector<bool> held_out = draw_held_out(sizes, options.test_share);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const std::size_t song = collection.songs.size();
      collection.songs.push_back(draw_song(genre, options.seed, song));
      for (int k = 0; k < sizes[i]; ++k) {
        Clip clip;
        clip.song = song;
        clip.number = collection.clips.size();
        clip.test = held_out[i];
        clip.recording = draw_recording(options.seconds, options.seed, clip.number);
        collection.clips.push_back(clip);
      }
    }
  }
  Random(options.seed, Stream::kShuffle, 0).shuffle(std::span(collection.clips));
  for (std::size_t i = 0; i < collection.clips.size(); ++i) {
    Clip& clip = collection.clips[i];
    clip.id = padded(i + 1, 6);
    clip.filename = clip.id + (clip.recording.container == Container::kOggVorbis ? ".ogg" : ".flac");
  }
  return collection;
}

}  // namespace demo
