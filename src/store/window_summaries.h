// Rich summaries of stretches of songs.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "foldwave/features/features.h"
#include "store/kept_rows.h"

namespace foldwave::store {

class WindowSummaries {
 public:
  // Beyond `most_bytes` (by default some 80,000 windows) they are made anew each time.
  explicit WindowSummaries(const features::FeatureConfig& config, size_t most_bytes = size_t{256} << 20)
      : config_(config), kept_(most_bytes) {}

  // Thread-safe. `waveform` brings the window's samples where its summary is not there yet.
  void read(const Stretch& window, const std::function<void(std::vector<float>&)>& waveform, std::span<float> out);

 private:
  struct Worker {
    explicit Worker(const features::FeatureConfig& config) : extract(config) {}
    features::FeatureExtractor extract;
    features::Features features;
    std::vector<float> waveform;
  };
  std::unique_ptr<Worker> borrow_worker();
  void give_back(std::unique_ptr<Worker> worker);

  features::FeatureConfig config_;
  KeptRows kept_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace foldwave::store
