#include "batches/prefetch.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "foldwave/core/errors.h"

namespace foldwave::batches {

Prefetcher::Prefetcher(int threads) : slots_(2 * static_cast<size_t>(threads)) {
  try {
    for (int worker = 0; worker < threads; ++worker) {
      workers_.emplace_back([this, worker](const std::stop_token& stop) { work(stop, worker); });
    }
  } catch (const std::system_error& error) {
    throw SystemError("starting " + std::to_string(threads) + " loader threads", error.code().value());
  }
}

void Prefetcher::start(int items, Make make) {
  const std::lock_guard lock(mutex_);
  job_ = std::make_shared<const Job>(Job{items, std::move(make)});
  next_made_ = next_taken_ = 0;
  for (Slot& s : slots_) {
    s.ready = false;
    s.error = nullptr;
  }
  room_.notify_all();
}

void Prefetcher::take(Batch& batch) {
  if (!job_ || next_taken_ >= job_->items) throw std::logic_error("a batch was taken beyond the last");
  if (workers_.empty()) {
    job_->make(0, next_taken_, batch);
    ++next_taken_;
    return;
  }
  std::unique_lock lock(mutex_);
  Slot& next = slot(next_taken_);
  ready_.wait(lock, [&next] { return next.ready; });
  if (next.error) std::rethrow_exception(next.error);
  std::swap(batch, next.batch);
  next.ready = false;
  ++next_taken_;
  room_.notify_all();
}

bool Prefetcher::has_work() const {
  return job_ && next_made_ < std::min(job_->items, next_taken_ + static_cast<int>(slots_.size()));
}

void Prefetcher::work(const std::stop_token& stop, int worker) {
  Batch batch;  // its memory goes round: from here to a slot, to the caller, back to a slot
  std::unique_lock lock(mutex_);
  while (room_.wait(lock, stop, [this] { return has_work(); }) && !stop.stop_requested()) {
    const std::shared_ptr<const Job> job = job_;
    const int item = next_made_++;
    lock.unlock();
    std::exception_ptr error;
    try {
      job->make(worker, item, batch);
    } catch (...) {  // the thread's edge: whoever takes the item gets it
      error = std::current_exception();
    }
    lock.lock();
    if (job != job_) continue;
    Slot& made = slot(item);
    std::swap(made.batch, batch);
    made.error = error;
    made.ready = true;
    ready_.notify_all();
  }
}

}  // namespace foldwave::batches
