// Batches made ahead of their use by threads, and handed out in order.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "foldwave/batches/batches.h"

namespace foldwave::batches {

class Prefetcher {
 public:
  // Fills `batch` with item number `item`; runs in several threads at once, of which `worker` 0 .. threads-1 is one.
  using Make = std::function<void(int worker, int item, Batch& batch)>;

  explicit Prefetcher(int threads);  // 0: each item is made when it is taken
  void start(int items, Make make);  // at any time; what was made ahead of an earlier start is forgotten
  void take(Batch& batch);           // the next item; rethrows what making it threw. Reuses the memory of `batch`

 private:
  struct Job {
    int items;
    Make make;
  };
  struct Slot {
    Batch batch;
    std::exception_ptr error;
    bool ready = false;
  };
  Slot& slot(int item) { return slots_[static_cast<size_t>(item) % slots_.size()]; }
  bool has_work() const;
  void work(const std::stop_token& stop, int worker);

  std::mutex mutex_;
  std::condition_variable_any room_, ready_;
  std::shared_ptr<const Job> job_;
  int next_made_ = 0, next_taken_ = 0;
  std::vector<Slot> slots_;            // item i is in slot i % size, from when it is made until it is taken
  std::vector<std::jthread> workers_;  // last, so that they have stopped before anything they use goes
};

}  // namespace foldwave::batches
