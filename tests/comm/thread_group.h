// A group whose ranks are threads of the test: sums in rank order, as that over MPI.
#pragma once

#include <barrier>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "foldwave/comm/communicator.h"

namespace foldwave::comm {

class ThreadGroup {
 public:
  explicit ThreadGroup(int size) : size_(size), barrier_(size), slot_(static_cast<size_t>(size)) {}

  class Rank final : public Communicator {
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
    void broadcast(std::span<std::byte> buffer, int root) override {
      wait();
      group_.broadcast(rank_, buffer, root);
    }

   private:
    ThreadGroup& group_;
    int rank_;
    std::vector<std::span<float>> started_;
  };

  // One thread a rank, with a communicator of its own; the messages of what they threw, empty for none.
  std::vector<std::string> run(const std::function<void(std::unique_ptr<Communicator>)>& body) {
    std::vector<std::string> failures(static_cast<size_t>(size_));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size_; ++rank)
      threads.emplace_back([&, rank] {
        try {
          body(std::make_unique<Rank>(*this, rank));
        } catch (const std::exception& error) {
          failures[static_cast<size_t>(rank)] = error.what();
        }
      });
    for (auto& thread : threads) thread.join();
    return failures;
  }
  std::vector<std::string> run(const std::function<void(Communicator&)>& body) {
    return run([&](std::unique_ptr<Communicator> communicator) { body(*communicator); });
  }

 private:
  void sum(int rank, std::span<float> buffer) {
    slot_[static_cast<size_t>(rank)] = std::as_writable_bytes(buffer);
    barrier_.arrive_and_wait();
    const auto share = [&](int of) { return reinterpret_cast<const float*>(slot_[static_cast<size_t>(of)].data()); };
    std::vector<float> total(share(0), share(0) + buffer.size());
    for (int other = 1; other < size_; ++other)
      for (size_t i = 0; i < total.size(); ++i) total[i] += share(other)[i];
    barrier_.arrive_and_wait();
    std::copy(total.begin(), total.end(), buffer.begin());
  }

  void broadcast(int rank, std::span<std::byte> buffer, int root) {
    slot_[static_cast<size_t>(rank)] = buffer;
    barrier_.arrive_and_wait();
    if (rank != root) std::memcpy(buffer.data(), slot_[static_cast<size_t>(root)].data(), buffer.size());
    barrier_.arrive_and_wait();
  }

  int size_;
  std::barrier<> barrier_;
  std::vector<std::span<std::byte>> slot_;  // [ranks] what each has brought
};

}  // namespace foldwave::comm
