// Waits for calls that go on after they have returned, as those of a non-blocking NCCL communicator do. An error, which
// may come at any time, or a deadline ends the wait: what is behind the calls is aborted, then GroupLost is thrown.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace foldwave::comm {

enum class CallState { done, in_progress, failed };

// What is behind the calls: a communicator of NCCL or, in tests, a made-up one.
class AsyncLink {
 public:
  virtual ~AsyncLink() = default;
  virtual CallState state() = 0;     // of the last call, and of everything that is still under way
  virtual std::string reason() = 0;  // why it has failed
  virtual void abort() = 0;          // may never return; called once at most, on a thread of its own
};

class AsyncCalls {
 public:
  // abort_s: a link that has not ended by then is left behind.
  explicit AsyncCalls(std::shared_ptr<AsyncLink> link, double abort_s = 5)
      : link_(std::move(link)), abort_s_(abort_s) {}

  // `returned` by `call` itself; from then on the link says how it stands.
  void finish(CallState returned, const std::string& call, double patience_s);
  // Until `done`, which is asked again and again while the link stands.
  void wait_until(const std::function<bool()>& done, const std::string& what, double patience_s);
  void refuse_after_failure() const;  // throws again what has been thrown before
  void abort();                       // the link, unless that has been done

 private:
  [[noreturn]] void fail(const std::string& why);

  std::shared_ptr<AsyncLink> link_;
  double abort_s_;
  bool aborted_ = false;
  std::string failure_;
};

}  // namespace foldwave::comm
