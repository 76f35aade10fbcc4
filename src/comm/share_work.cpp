#include "foldwave/comm/share_work.h"

#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>

#include "comm/ending.h"
#include "comm/mpi_calls.h"
#include "foldwave/core/stop.h"

namespace foldwave::comm {
namespace {

constexpr int kReportTag = 1, kItemTag = 2, kNothing = -1;

// What a rank says when it comes for work: what became of its last item. Or, between, news of the item it works on.
struct Report {
  bool news = false;
  int item = kNothing;
  Ending ending = Ending::fine;
  bool stop = false;  // this rank's stop flag
  std::string message;
};

std::string encode(const Report& report) {
  const int head[4] = {report.news, report.item, static_cast<int>(report.ending), report.stop};
  return std::string(reinterpret_cast<const char*>(head), sizeof head) + report.message;
}

Report decode(const std::string& bytes) {
  int head[4];
  std::memcpy(head, bytes.data(), sizeof head);
  return {head[0] != 0, head[1], static_cast<Ending>(head[2]), head[3] != 0, bytes.substr(sizeof head)};
}

// Rank 0's desk: takes reports, gives items. Remote ranks reach it through the coordinator's thread, rank 0's own
// worker in memory.
class Desk {
 public:
  Desk(int items, const SharedWork& shared) : given_(static_cast<size_t>(items)), shared_(shared) {}

  // Takes a report in and answers it with the next item; news need no answer.
  int exchange(const Report& report, int rank) {
    const std::lock_guard lock(mutex_);
    if (report.ending != Ending::fine && ending_ == Ending::fine) {
      ending_ = report.ending;
      message_ = "rank " + std::to_string(rank) + ": " + report.message;
    }
    if (report.news) {
      guarded([&] {
        if (shared_.on_news) shared_.on_news(report.item, rank, report.message);
      });
      return kNothing;
    }
    if (report.item != kNothing && report.ending == Ending::fine) {
      guarded([&] {
        if (shared_.on_outcome) shared_.on_outcome(report.item, rank, report.message);
        ++done_;
      });
    }
    closed_ = closed_ || report.stop || StopFlag::raised() || ending_ != Ending::fine;
    const int item = closed_ ? kNothing : next_for(rank);
    if (item == kNothing) return kNothing;
    given_[static_cast<size_t>(item)] = true;
    guarded([&] {
      if (shared_.on_start) shared_.on_start(item, rank);
    });
    return item;
  }

  int done() const { return done_; }
  Ending ending() const { return ending_; }
  const std::string& message() const { return message_; }
  const std::exception_ptr& own_error() const { return own_error_; }

 private:
  int next_for(int rank) {
    while (first_left_ < given_.size() && given_[first_left_]) ++first_left_;
    for (size_t item = first_left_; item < given_.size(); ++item)
      if (!given_[item] && (!shared_.may_have || shared_.may_have(static_cast<int>(item), rank)))
        return static_cast<int>(item);
    return kNothing;
  }
  void guarded(const std::function<void()>& callback) {
    try {
      callback();
    } catch (...) {
      if (!own_error_) own_error_ = std::current_exception();
      if (ending_ == Ending::fine) ending_ = ending_of(own_error_, message_);
    }
  }

  std::mutex mutex_;
  std::vector<bool> given_;  // [items]
  size_t first_left_ = 0;    // all before it are given
  int done_ = 0;
  bool closed_ = false;
  Ending ending_ = Ending::fine;
  std::string message_;
  std::exception_ptr own_error_;
  const SharedWork& shared_;
};

// Serves the other ranks until each has been told that there is nothing more.
void coordinate(Desk& desk, const Group::State& group) {
  BackOff back_off;
  for (int active = group.size - 1; active > 0;) {
    int found = 0;
    MPI_Message message;
    MPI_Status status;
    check(MPI_Improbe(MPI_ANY_SOURCE, kReportTag, group.comm, &found, &message, &status), "MPI_Improbe");
    if (!found) {
      back_off.idle();
      continue;
    }
    back_off.reset();
    int length = 0;
    check(MPI_Get_count(&status, MPI_CHAR, &length), "MPI_Get_count");
    std::string bytes(static_cast<size_t>(length), '\0');
    check(MPI_Mrecv(bytes.data(), length, MPI_CHAR, &message, MPI_STATUS_IGNORE), "MPI_Mrecv");
    const Report report = decode(bytes);
    const int item = desk.exchange(report, status.MPI_SOURCE);
    if (report.news) continue;
    if (item == kNothing) --active;
    MPI_Request request;
    check(MPI_Isend(&item, 1, MPI_INT, status.MPI_SOURCE, kItemTag, group.comm, &request), "MPI_Isend");
    wait(request, "MPI_Isend");
  }
}

int ask_rank_0(const Report& report, const Group::State& group) {
  const std::string bytes = encode(report);
  int item = kNothing;
  MPI_Request request;
  check(MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_CHAR, 0, kReportTag, group.comm, &request),
        "MPI_Isend");
  wait(request, "MPI_Isend");
  if (report.news) return kNothing;
  check(MPI_Irecv(&item, 1, MPI_INT, 0, kItemTag, group.comm, &request), "MPI_Irecv");
  wait(request, "MPI_Irecv");
  return item;
}

// Works until there is nothing more; returns what `work` threw, if anything.
std::exception_ptr work_off(const std::function<int(const Report&)>& exchange, const SharedWork& shared) {
  std::exception_ptr error;
  Report report;
  const auto say = [&](const std::string& news) { exchange({true, report.item, Ending::fine, false, news}); };
  for (;;) {
    report.stop = StopFlag::raised();
    report.item = exchange(report);
    if (report.item == kNothing) return error;
    try {
      report.message = shared.work(report.item, say);
    } catch (...) {
      error = std::current_exception();
      report.ending = ending_of(error, report.message);
    }
  }
}

}  // namespace

int share_work(const Group& group, int items, const std::function<std::string(int item)>& work,
               const std::function<void(int item, int rank, const std::string& outcome)>& on_outcome) {
  SharedWork shared;
  shared.work = [&](int item, const SharedWork::Say&) { return work(item); };
  shared.on_outcome = on_outcome;
  return share_work(group, items, shared);
}

int share_work(const Group& group, int items, const SharedWork& shared) {
  const Group::State& state = *group.state();
  std::exception_ptr error;
  std::string verdict;
  if (state.rank == 0) {
    Desk desk(items, shared);
    const auto in_memory = [&](const Report& report) { return desk.exchange(report, 0); };
    if (state.size > 1 && multiple_threads_allowed()) {
      std::exception_ptr coordinator_error;
      std::thread coordinator([&] {
        try {
          coordinate(desk, state);
        } catch (...) {
          coordinator_error = std::current_exception();
        }
      });
      error = work_off(in_memory, shared);
      coordinator.join();
      if (coordinator_error) std::rethrow_exception(coordinator_error);  // MPI itself failed: main aborts the world
    } else {  // one thread: first the others, then what no other may have
      if (state.size > 1) coordinate(desk, state);
      error = work_off(in_memory, shared);
    }
    if (desk.own_error()) error = desk.own_error();
    verdict = encode({false, desk.done(), desk.ending(), false, desk.message()});
  } else {
    error = work_off([&](const Report& report) { return ask_rank_0(report, state); }, shared);
  }
  group.broadcast(verdict);
  if (error) std::rethrow_exception(error);
  const Report all = decode(verdict);
  if (all.ending != Ending::fine) throw_as(all.ending, all.message);
  return all.item;
}

}  // namespace foldwave::comm
