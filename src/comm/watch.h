// Whether all ranks still live: each tells the next one every while that it does, in a ring. A rank that is stopped
// (SIGSTOP, a node that hangs) says nothing, keeps its sockets open, and would leave the others waiting for ever. A
// signal to stop that came to some ranks alone is passed on to all.
#pragma once

#include <mpi.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace foldwave::comm {

class Watch {
 public:
  // on_silence: called by a thread when the rank before this one, which said `who`, has been silent for silence_s.
  Watch(MPI_Comm comm, double silence_s, const std::string& who_am_i,
        const std::function<void(int rank, const std::string& who)>& on_silence);
  ~Watch();  // says farewell to the next rank, and waits a little for the farewell of the one before
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void keep_watch(const std::stop_token& stopped);
  bool tell(const std::string& text);  // false while the last message is still on its way
  bool listen();                       // whether the rank before has said something
  void pass_stop_on();                 // if this rank was told to stop, here or by another one

  static constexpr double kFarewell_s = 5;
  static constexpr int kFirstWord = 5;  // times silence_s

  MPI_Comm comm_;
  int rank_ = 0, size_ = 1;
  double silence_s_, tick_s_;
  std::string who_am_i_, who_is_before_ = "a host that it has not named yet", on_its_way_;
  MPI_Request sending_ = MPI_REQUEST_NULL;
  bool before_has_left_ = false, passed_on_ = false;
  std::function<void(int rank, const std::string& who)> on_silence_;
  std::mutex mutex_;
  std::condition_variable_any ending_;  // wakes the thread when it is asked to stop
  std::jthread thread_;
};

}  // namespace foldwave::comm
