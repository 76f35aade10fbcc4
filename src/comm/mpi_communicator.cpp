#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "comm/mpi_calls.h"
#include "comm/shared_memory.h"
#include "foldwave/comm/communicator.h"
#include "foldwave/core/clock.h"

namespace foldwave::comm {
namespace {

// Each rank owns one part of a buffer: it collects everybody's share of that part, adds them in rank order, and hands
// the sum back. So the order of addition is fixed, whatever algorithm MPI would choose for a reduction. Of a small
// buffer each rank collects all shares and adds them itself: one message instead of two.
class RankOrderSum {
 public:
  explicit RankOrderSum(const Group::State& group) : comm_(group.comm), rank_(group.rank), size_(group.size) {}

  void operator()(std::span<float> buffer) {
    constexpr size_t small = 1 << 14;
    buffer.size() <= small ? sum_everywhere(buffer) : sum_in_parts(buffer);
  }

 private:
  void sum_everywhere(std::span<float> buffer) {
    const size_t n = buffer.size();
    const int count = static_cast<int>(n);
    shares_.resize(n * static_cast<size_t>(size_));
    MPI_Request request;
    check(MPI_Iallgather(buffer.data(), count, MPI_FLOAT, shares_.data(), count, MPI_FLOAT, comm_, &request),
          "MPI_Iallgather");
    wait(request, "MPI_Iallgather");
    for (size_t i = 1; i < static_cast<size_t>(size_); ++i)
      for (size_t j = 0; j < n; ++j) shares_[j] += shares_[i * n + j];
    std::copy_n(shares_.begin(), n, buffer.begin());
  }

  void sum_in_parts(std::span<float> buffer) {
    layout(buffer.size());
    const auto own = buffer.subspan(static_cast<size_t>(offsets_[mine()]), static_cast<size_t>(counts_[mine()]));
    collect(buffer, own.size());
    add_to(own);
    MPI_Request request;
    check(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, buffer.data(), counts_.data(), offsets_.data(), MPI_FLOAT,
                          comm_, &request),
          "MPI_Iallgatherv");
    wait(request, "MPI_Iallgatherv");
  }

  // The others' shares of the own part, of n values. Nothing goes to oneself: a copy of a large bucket costs as much as
  // sending it.
  void collect(std::span<const float> buffer, size_t n) {
    shares_.resize(n * static_cast<size_t>(size_));
    std::vector<int> send_counts = counts_, own_counts(static_cast<size_t>(size_), static_cast<int>(n)),
                     own_offsets(static_cast<size_t>(size_));
    send_counts[mine()] = own_counts[mine()] = 0;
    for (size_t i = 0; i < own_offsets.size(); ++i) own_offsets[i] = static_cast<int>(i * n);
    MPI_Request request;
    check(MPI_Ialltoallv(buffer.data(), send_counts.data(), offsets_.data(), MPI_FLOAT, shares_.data(),
                         own_counts.data(), own_offsets.data(), MPI_FLOAT, comm_, &request),
          "MPI_Ialltoallv");
    wait(request, "MPI_Ialltoallv");
  }

  // In rank order, a stretch that fits into the cache at a time.
  void add_to(std::span<float> own) {
    constexpr size_t stretch = 1 << 12;
    for (size_t begin = 0; begin < own.size(); begin += stretch) {
      const size_t n = std::min(stretch, own.size() - begin);
      float* const mine_here = own.data() + begin;
      const auto share_of = [&](size_t i) { return i == mine() ? mine_here : &shares_[i * own.size() + begin]; };
      float* const sum = share_of(0);
      for (size_t i = 1; i < static_cast<size_t>(size_); ++i) {
        const float* const share = share_of(i);
        for (size_t j = 0; j < n; ++j) sum[j] += share[j];
      }
      if (sum != mine_here) std::copy_n(sum, n, mine_here);
    }
  }

  void layout(size_t n) {
    const size_t ranks = static_cast<size_t>(size_);
    counts_.resize(ranks);
    offsets_.resize(ranks);
    for (size_t i = 0; i < ranks; ++i) {
      offsets_[i] = static_cast<int>(n * i / ranks);
      counts_[i] = static_cast<int>(n * (i + 1) / ranks) - offsets_[i];
    }
  }

  size_t mine() const { return static_cast<size_t>(rank_); }

  MPI_Comm comm_;
  int rank_, size_;
  std::vector<int> counts_, offsets_;
  std::vector<float> shares_;  // [ranks, own part], the own share only of small buffers
};

// The same ranks, whose messages never meet those of `group`. Collective.
Group twin_of(const Group& group) {
  MPI_Comm twin = MPI_COMM_NULL;
  MPI_Request request;
  check(MPI_Comm_idup(group.state()->comm, &twin, &request), "MPI_Comm_idup");
  wait(request, "MPI_Comm_idup");
  return Group(std::make_shared<Group::State>(twin, true));
}

// Sums on a thread of its own, one buffer after the other, while the caller goes on with its backward pass; and beside
// those, in the caller, what it cannot go on without: batch statistics must not wait behind megabytes of gradients.
// Ranks that share memory send no messages for what is small or lies in their common buffer: the thread has to share
// its core with the backward pass, and copies are most of what messages take.
class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator(const Group& group, bool shares_memory)
      : group_(group), beside_(twin_of(group)), sum_(*group.state()), sum_beside_(*beside_.state()) {
    if (size() > 1 && shares_memory) shared_ = SharedMemory::of(group);
    if (size() > 1 && multiple_threads_allowed()) thread_ = std::thread([this] { run(); });
  }
  ~MpiCommunicator() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  int rank() const override { return group_.rank(); }
  int size() const override { return group_.size(); }
  bool on_device() const override { return false; }

  std::shared_ptr<float[]> buffer(size_t n) override { return shared_ ? shared_->buffer(n) : Communicator::buffer(n); }

  void start_sum(std::span<float> buffer) override {
    if (size() == 1) return;
    if (!thread_.joinable()) return sum_here(Lane::behind, buffer);
    {
      const std::lock_guard lock(mutex_);
      started_.push_back(buffer);
    }
    changed_.notify_all();
  }

  void wait() override {
    const double asked = monotonic_s();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return started_.empty() || error_; });
    time_.waited_s += monotonic_s() - asked;
    if (error_) std::rethrow_exception(error_);
  }

  void sum(std::span<float> buffer) override {
    if (size() > 1) sum_here(Lane::beside, buffer);
  }

  void broadcast(std::span<std::byte> buffer, int root) override {
    wait();
    if (size() == 1) return;
    std::string bytes(reinterpret_cast<const char*>(buffer.data()), rank() == root ? buffer.size() : 0);
    group_.broadcast(bytes, root);
    std::memcpy(buffer.data(), bytes.data(), std::min(bytes.size(), buffer.size()));
  }

  CommunicationTime time() const override {
    const std::lock_guard lock(mutex_);
    return time_;
  }

 private:
  using Lane = SharedMemory::Lane;

  void sum_over_ranks(Lane lane, std::span<float> buffer) {
    if (shared_ && lane == Lane::behind && shared_->holds(buffer)) return shared_->sum_held(buffer);
    if (shared_ && buffer.size() <= SharedMemory::kSmall) return shared_->sum_small(buffer, lane);
    lane == Lane::behind ? sum_(buffer) : sum_beside_(buffer);
  }

  void sum_here(Lane lane, std::span<float> buffer) {
    const double began = monotonic_s();
    sum_over_ranks(lane, buffer);
    const double took = monotonic_s() - began;
    const std::lock_guard lock(mutex_);
    time_.summing_s += took;
    time_.waited_s += took;
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closing_ || (!started_.empty() && !error_); });
      if (closing_) return;
      const std::span<float> buffer = started_.front();
      lock.unlock();
      std::exception_ptr error;
      const double began = monotonic_s();
      try {
        sum_over_ranks(Lane::behind, buffer);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      time_.summing_s += monotonic_s() - began;
      error_ = error;
      started_.pop_front();
      changed_.notify_all();
    }
  }

  Group group_, beside_;
  RankOrderSum sum_, sum_beside_;
  std::unique_ptr<SharedMemory> shared_;  // where all ranks are on one node
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  CommunicationTime time_;
  std::deque<std::span<float>> started_;
  std::exception_ptr error_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator(const Group& group, bool shares_memory) {
  return std::make_unique<MpiCommunicator>(group, shares_memory);
}

}  // namespace foldwave::comm
