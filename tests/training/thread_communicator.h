// A group whose ranks are threads of the test: sums in rank order, as the real communicators.
#pragma once

#include <barrier>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "foldwave/comm/comm.h"

namespace foldwave::training {

class ThreadGroup {
 public:
  explicit ThreadGroup(int size) : size_(size), barrier_(size), slot_(size) {}

  class Rank final : public comm::Communicator {
   public:
    Rank(ThreadGroup& group, int rank) : group_(group), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return group_.size_; }
    bool on_device() const override { return false; }
    void start_sum(std::span<float> buffer) override { started_.push_back(buffer); }
    void wait() override {
      for (const auto buffer : started_) group_.sum(rank_, buffer);
      started_.clear();
    }
    void broadcast(std::span<std::byte>, int) override {}

   private:
    ThreadGroup& group_;
    int rank_;
    std::vector<std::span<float>> started_;
  };

  // One thread a rank; the messages of what they threw, empty for none.
  std::vector<std::string> run(const std::function<void(comm::Communicator&)>& body) {
    std::vector<std::string> failures(size_);
    std::vector<std::thread> threads;
    for (int r = 0; r < size_; ++r)
      threads.emplace_back([&, r] {
        Rank rank(*this, r);
        try {
          body(rank);
        } catch (const std::exception& error) {
          failures[r] = error.what();
        }
      });
    for (auto& thread : threads) thread.join();
    return failures;
  }

 private:
  void sum(int rank, std::span<float> buffer) {
    slot_[rank] = buffer;
    barrier_.arrive_and_wait();
    std::vector<float> total(slot_[0].begin(), slot_[0].end());
    for (int r = 1; r < size_; ++r)
      for (size_t i = 0; i < total.size(); ++i) total[i] += slot_[r][i];
    barrier_.arrive_and_wait();
    std::copy(total.begin(), total.end(), buffer.begin());
  }

  int size_;
  std::barrier<> barrier_;
  std::vector<std::span<float>> slot_;
};

}  // namespace foldwave::training
