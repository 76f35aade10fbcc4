#include "store/window_summaries.h"

#include <algorithm>

namespace foldwave::store {

void WindowSummaries::read(const Window& window, const std::function<void(std::vector<float>&)>& waveform,
                           std::span<float> out) {
  const std::array<int, 3> key{window.track, window.first_frame, window.frames};
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(key); found != kept_.end()) {
      std::copy(found->second.begin(), found->second.end(), out.begin());
      return;
    }
  }
  std::unique_ptr<Worker> worker = borrow_worker();
  waveform(worker->waveform);
  worker->extract(worker->waveform, worker->features);
  const std::vector<float>& summary = worker->features.summary;
  std::copy(summary.begin(), summary.end(), out.begin());
  {
    const std::lock_guard lock(mutex_);
    const size_t bytes = summary.size() * sizeof(float);
    if (kept_bytes_ + bytes <= most_bytes_ && kept_.emplace(key, summary).second) kept_bytes_ += bytes;
  }
  give_back(std::move(worker));
}

std::unique_ptr<WindowSummaries::Worker> WindowSummaries::borrow_worker() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Worker>(config_);
  std::unique_ptr<Worker> worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

void WindowSummaries::give_back(std::unique_ptr<Worker> worker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

}  // namespace foldwave::store
