// A store's folder and small features of 8 kHz, for a Music to be prepared.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"
#include "music.h"
#include "one_rank.h"

namespace foldwave::preparation {

class HeardProgress final : public ProgressSink {
 public:
  void update(const Progress& progress) override {
    if (progress.stage == "prepare") last = progress;
  }
  void say(LogLevel, const std::string& sentence) override { notes.push_back(sentence); }
  int notes_with(const std::string& words) const {
    return static_cast<int>(std::count_if(
        notes.begin(), notes.end(), [&](const std::string& note) { return note.find(words) != std::string::npos; }));
  }
  Progress last;
  std::vector<std::string> notes;
};

class StoreFolder : public OneRank {
 protected:
  StoreFolder() {
    audio.sample_rate = features.sample_rate = 8000;
    features.n_fft = 256;
    features.hop_length = 128;
    features.n_mels = 8;
    features.n_mfcc = 4;
    config.store = folder / "store";
    config.max_bad = 0.5;
  }
  PrepareOutcome run(const Music& music) {
    progress.notes.clear();
    return prepare(music.catalog(), audio, features, config, world(), progress);
  }
  std::filesystem::path shard(int s) const { return store::shard_path(config.store, s); }
  std::filesystem::path index() const { return config.store / "index.h5"; }
  int half_written() const {
    const std::filesystem::directory_iterator entries(config.store);
    return static_cast<int>(std::count_if(begin(entries), end(entries), [](const auto& entry) {
      return entry.path().filename().string().find(".writing-") != std::string::npos;
    }));
  }
  int shards() const { return store::read_plan(config.store).shards(); }
  int shard_of(int track) const {
    const auto first_row = store::read_plan(config.store).first_row;
    int s = 0;
    while (first_row[static_cast<size_t>(s) + 1] <= track) ++s;
    return s;
  }

  TemporaryFolder folder;
  audio::AudioConfig audio;
  features::FeatureConfig features;
  PrepareConfig config;
  HeardProgress progress;
};

}  // namespace foldwave::preparation
