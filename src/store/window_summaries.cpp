#include "store/window_summaries.h"

#include <algorithm>

namespace foldwave::store {

void WindowSummaries::read(const Stretch& window, const std::function<void(std::vector<float>&)>& waveform,
                           std::span<float> out) {
  if (kept_.find(window, out)) return;
  std::unique_ptr<Worker> worker = borrow_worker();
  waveform(worker->waveform);
  worker->extract(worker->waveform, worker->features);
  const std::vector<float>& summary = worker->features.summary;
  std::copy(summary.begin(), summary.end(), out.begin());
  kept_.keep(window, summary);
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
