#include "comm/async_calls.h"

#include <chrono>
#include <future>
#include <sstream>
#include <thread>

#include "comm/back_off.h"
#include "foldwave/comm/communicator.h"
#include "foldwave/core/clock.h"

namespace foldwave::comm {
namespace {

std::string out_of_patience(const std::string& what, double patience_s) {
  std::ostringstream text;
  text << what << " did not end within " << patience_s << " s: a rank of the group is lost";
  return text.str();
}

}  // namespace

void AsyncCalls::finish(CallState returned, const std::string& call, double patience_s) {
  refuse_after_failure();
  if (returned == CallState::failed) fail(call + ": " + link_->reason());
  bool through = returned == CallState::done;
  wait_until(
      [&] {
        if (!through) through = link_->state() == CallState::done;
        return through;
      },
      call, patience_s);
}

void AsyncCalls::wait_until(const std::function<bool()>& done, const std::string& what, double patience_s) {
  refuse_after_failure();
  const double deadline = monotonic_s() + patience_s;
  BackOff back_off;
  while (!done()) {
    if (link_->state() == CallState::failed) fail(what + ": " + link_->reason());
    if (monotonic_s() > deadline) fail(out_of_patience(what, patience_s));
    back_off.idle();
  }
}

void AsyncCalls::refuse_after_failure() const {
  if (!failure_.empty()) throw GroupLost(failure_);
}

void AsyncCalls::abort() {
  if (aborted_) return;
  aborted_ = true;
  std::promise<void> ended;
  std::future<void> end = ended.get_future();
  std::thread([link = link_, ended = std::move(ended)]() mutable {
    link->abort();
    ended.set_value();
  }).detach();
  end.wait_for(std::chrono::duration<double>(abort_s_));
}

void AsyncCalls::fail(const std::string& why) {
  failure_ = why;
  abort();
  throw GroupLost(why);
}

}  // namespace foldwave::comm
