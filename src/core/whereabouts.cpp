#include "foldwave/core/whereabouts.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>

#include "foldwave/core/log.h"

namespace foldwave {
namespace {

// Never destroyed: the thread that answers outlives main().
struct State {
  std::mutex mutex;
  std::string name = "foldwave", place = "starts";
};
State& state() {
  static auto* const only = new State;
  return *only;
}

int question[2] = {-1, -1};  // a pipe: its reader answers

void on_signal(int) {
  const int kept = errno;
  [[maybe_unused]] const ssize_t written = write(question[1], "?", 1);  // a full pipe holds questions enough
  errno = kept;
}

void answer() {
  for (char mark; read(question[0], &mark, 1) == 1 || errno == EINTR;) {
    std::string line;
    {
      const std::lock_guard lock(state().mutex);
      line = state().name + ": " + state().place + "\n";
    }
    std::fputs(line.c_str(), stderr);  // one write, so that the lines of many ranks stay whole
  }
}

}  // namespace

void Whereabouts::say(std::string place) {
  Log::say(LogLevel::debug, place);
  const std::lock_guard lock(state().mutex);
  state().place = std::move(place);
}

void Whereabouts::answer_signals(const std::string& name) {
  {
    const std::lock_guard lock(state().mutex);
    state().name = name;
  }
  if (question[0] >= 0) return;
  if (pipe2(question, O_CLOEXEC) != 0) return;  // without descriptors to spare nobody can ask
  fcntl(question[1], F_SETFL, O_NONBLOCK);
  std::thread(answer).detach();
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

}  // namespace foldwave
