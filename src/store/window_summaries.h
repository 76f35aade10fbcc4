// Rich summaries of stretches of songs, kept once they are made: trials ask for the same ones again and again.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "foldwave/features/features.h"

namespace foldwave::store {

class WindowSummaries {
 public:
  explicit WindowSummaries(const features::FeatureConfig& config) : config_(config) {}

  struct Window {
    int track, first_frame, frames;
  };
  // Thread-safe. `waveform` brings the window's samples where its summary is not there yet.
  void read(const Window& window, const std::function<void(std::vector<float>&)>& waveform, std::span<float> out);

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
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
  std::map<std::array<int, 3>, std::vector<float>> kept_;
  size_t kept_bytes_ = 0;
};

}  // namespace foldwave::store
