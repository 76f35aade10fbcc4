#include "comm/faulty_communicator.h"

#include <chrono>
#include <string>
#include <thread>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {
namespace {

class FaultyCommunicator final : public Communicator {
 public:
  FaultyCommunicator(std::unique_ptr<Communicator> inner, const Fault& fault)
      : inner_(std::move(inner)), fault_(fault) {}

  int rank() const override { return inner_->rank(); }
  int size() const override { return inner_->size(); }
  bool on_device() const override { return inner_->on_device(); }
  std::shared_ptr<float[]> buffer(size_t n) override { return inner_->buffer(n); }

  void start_sum(std::span<float> buffer) override {
    refuse_after_failure();
    const size_t sum = started_++;
    if (sum < fault_.at_sum) return inner_->start_sum(buffer);
    never_ends_ = true;
    const bool here = fault_.rank == Fault::kAll || fault_.rank == rank();
    if (!here || fault_.kind != Fault::Kind::throws) return;
    inner_->wait();  // for the sums before it, which the other ranks are to get
    fail("sum " + std::to_string(sum) + " was made to fail");
  }

  void wait() override {
    refuse_after_failure();
    inner_->wait();
    if (never_ends_) wait_for_the_deadline();
  }

  void sum(std::span<float> buffer) override {
    refuse_after_failure();
    if (started_ < fault_.at_sum) {
      ++started_;
      return inner_->sum(buffer);
    }
    start_sum(buffer);
    wait();
  }

  CommunicationTime time() const override { return inner_->time(); }

  void broadcast(std::span<std::byte> buffer, int root) override {
    wait();
    inner_->broadcast(buffer, root);
  }

 private:
  void wait_for_the_deadline() {
    const double deadline = monotonic_s() + fault_.deadline_s;
    while (monotonic_s() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fail("a sum did not end by its deadline: a rank of the group is lost");
  }
  [[noreturn]] void fail(const std::string& why) {
    failure_ = why;
    refuse_after_failure();
    std::terminate();
  }
  void refuse_after_failure() const {
    if (!failure_.empty()) throw GroupLost(failure_);
  }

  std::unique_ptr<Communicator> inner_;
  Fault fault_;
  size_t started_ = 0;
  bool never_ends_ = false;
  std::string failure_;
};

}  // namespace

std::unique_ptr<Communicator> make_faulty_communicator(std::unique_ptr<Communicator> inner, const Fault& fault) {
  return std::make_unique<FaultyCommunicator>(std::move(inner), fault);
}

}  // namespace foldwave::comm
