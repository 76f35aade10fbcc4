#include "comm/watch.h"

#include <algorithm>
#include <chrono>

#include "comm/mpi_calls.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"

namespace foldwave::comm {
namespace {

constexpr int kBeat = 1, kStop = 2;
const std::string kFarewell = "";

}  // namespace

Watch::Watch(MPI_Comm comm, double silence_s, const std::string& who_am_i,
             const std::function<void(int rank, const std::string& who)>& on_silence)
    : comm_(comm),
      silence_s_(silence_s),
      tick_s_(std::min(1.0, silence_s / 10)),
      who_am_i_(who_am_i),
      on_silence_(on_silence) {
  check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
  if (size_ > 1)
    thread_ = std::jthread([this](const std::stop_token& stopped) {
      try {
        keep_watch(stopped);
      } catch (const SystemError&) {
        // MPI itself fails: the thread that works hears of it too.
      }
    });
}

Watch::~Watch() = default;

// Silence is counted in looks and not by the clock: if all ranks are stopped for a while (a suspended job), nobody is
// blamed. The first word may take longer, for a rank comes here when it has read its config.
void Watch::keep_watch(const std::stop_token& stopped) {
  double silent_s = 0;
  bool heard = false;
  while (!stopped.stop_requested()) {
    pass_stop_on();
    tell(who_am_i_);
    if (listen()) {
      heard = true;
      silent_s = 0;
    } else if (!before_has_left_) {
      silent_s += tick_s_;
    }
    if (silent_s > (heard ? 1 : kFirstWord) * silence_s_) {
      on_silence_((rank_ + size_ - 1) % size_, who_is_before_);
      return;
    }
    std::unique_lock lock(mutex_);
    ending_.wait_for(lock, stopped, std::chrono::duration<double>(tick_s_), [] { return false; });
  }
  const double deadline_s = monotonic_s() + kFarewell_s;
  bool told = false;
  while (monotonic_s() < deadline_s && !(told && before_has_left_ && sending_ == MPI_REQUEST_NULL)) {
    if (!told) told = tell(kFarewell);
    if (sending_ != MPI_REQUEST_NULL) {
      int sent = 0;
      check(MPI_Test(&sending_, &sent, MPI_STATUS_IGNORE), "MPI_Test");
    }
    listen();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// To the ranks 1, 2, 4, 8 ... further on, which do likewise: after as many looks as the number of ranks has binary
// digits all know.
void Watch::pass_stop_on() {
  for (int waiting = 1; waiting;) {
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, kStop, comm_, &waiting, &status), "MPI_Iprobe");
    if (!waiting) break;
    check(MPI_Recv(nullptr, 0, MPI_CHAR, status.MPI_SOURCE, kStop, comm_, MPI_STATUS_IGNORE), "MPI_Recv");
    StopFlag::raise_by_signal();
  }
  if (passed_on_ || !StopFlag::by_signal()) return;
  passed_on_ = true;
  for (int step = 1; step < size_; step *= 2) {
    MPI_Request sending = MPI_REQUEST_NULL;
    check(MPI_Isend(nullptr, 0, MPI_CHAR, (rank_ + step) % size_, kStop, comm_, &sending), "MPI_Isend");
    check(MPI_Request_free(&sending), "MPI_Request_free");
  }
}

bool Watch::tell(const std::string& text) {
  int sent = 1;
  if (sending_ != MPI_REQUEST_NULL) check(MPI_Test(&sending_, &sent, MPI_STATUS_IGNORE), "MPI_Test");
  if (!sent) return false;
  on_its_way_ = text;
  check(MPI_Isend(on_its_way_.data(), static_cast<int>(on_its_way_.size()), MPI_CHAR, (rank_ + 1) % size_, kBeat, comm_,
                  &sending_),
        "MPI_Isend");
  return true;
}

bool Watch::listen() {
  bool heard = false;
  for (;;) {
    int waiting = 0, length = 0;
    MPI_Message message;
    MPI_Status status;
    check(MPI_Improbe((rank_ + size_ - 1) % size_, kBeat, comm_, &waiting, &message, &status), "MPI_Improbe");
    if (!waiting) return heard;
    check(MPI_Get_count(&status, MPI_CHAR, &length), "MPI_Get_count");
    std::string text(static_cast<size_t>(length), '\0');
    check(MPI_Mrecv(text.data(), length, MPI_CHAR, &message, MPI_STATUS_IGNORE), "MPI_Mrecv");
    heard = true;
    before_has_left_ = text == kFarewell;
    if (!before_has_left_) who_is_before_ = text;
  }
}

}  // namespace foldwave::comm
