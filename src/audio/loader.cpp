#include <fmt/format.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "audio/decoder.h"
#include "foldwave/audio/audio.h"
#include "foldwave/core/crash.h"
#include "foldwave/core/stop.h"

namespace foldwave::audio {
namespace {

constexpr double kLook_s = 0.25;   // between looks at the stop flag
constexpr double kGrace_s = 0.25;  // for a worker that is told to give up: a block's time, and no read that hangs
constexpr int kMostAbandoned = 8;  // threads, in a process

std::atomic<int> abandoned_workers{0};

// What a Loader and its worker share. Each holds it, so that a worker that was abandoned in mid-file stays whole.
struct Exchange {
  std::mutex mutex;
  std::condition_variable changed;
  enum { waiting, asked, done } state = waiting;
  bool closed = false;     // no more files
  bool abandoned = false;  // and nobody waits for this one
  std::filesystem::path path;
  std::vector<float> mono;
  std::exception_ptr failure;
  std::atomic<bool> give_up{false};
};

std::exception_ptr decode_noting_crashes(Decoder& decode, const std::filesystem::path& path, std::vector<float>& mono) {
  try {
    const CrashSubject subject(path.string());
    decode(path, mono);
    return nullptr;
  } catch (const std::bad_alloc&) {
    mono = {};
    return std::make_exception_ptr(UnusableAudio("does not fit into memory"));
  } catch (...) {  // for the thread that asked
    return std::current_exception();
  }
}

// Numbers below 1e-38, in which sounds fade out, slow decoders down by several per cent: in this thread they are zero.
void take_tiny_numbers_for_zero() {
#ifdef __SSE2__
  _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, denormals are zero
#endif
}

// The worker's life, file by file.
void work(const std::shared_ptr<Exchange>& exchange, const AudioConfig& config) {
  take_tiny_numbers_for_zero();
  Exchange& x = *exchange;
  Decoder decode(config, x.give_up);
  std::unique_lock lock(x.mutex);
  for (;;) {
    x.changed.wait(lock, [&] { return x.state == Exchange::asked || x.closed; });
    if (x.closed) break;
    lock.unlock();
    const std::exception_ptr failure = decode_noting_crashes(decode, x.path, x.mono);
    lock.lock();
    x.failure = failure;
    x.state = Exchange::done;
    x.changed.notify_all();
  }
  if (x.abandoned) --abandoned_workers;
}

void ask_for(Exchange& x, const std::filesystem::path& path, std::vector<float>& mono) {
  x.path = path;
  x.mono.swap(mono);
  x.give_up = false;
  x.state = Exchange::asked;
  x.changed.notify_all();
}

// Counted in looks and not by the clock: a process that was stopped for a while (SIGSTOP, a suspended job) blames no
// file. False if the file is not done by then, or the stop flag is raised.
bool wait_until_done(Exchange& x, std::unique_lock<std::mutex>& lock, double limit_s) {
  for (double waited_s = 0; waited_s < limit_s; waited_s += kLook_s) {
    const std::chrono::duration<double> look(std::min(kLook_s, limit_s - waited_s));
    if (x.changed.wait_for(lock, look, [&] { return x.state == Exchange::done; })) return true;
    if (StopFlag::raised()) return false;
  }
  return false;
}

// False if the worker does not even come back when it is told to.
bool give_up(Exchange& x, std::unique_lock<std::mutex>& lock) {
  x.give_up = true;
  const std::chrono::duration<double> grace(kGrace_s);
  return x.changed.wait_for(lock, grace, [&] { return x.state == Exchange::done; });
}

}  // namespace

struct Loader::State {
  AudioConfig config;
  std::shared_ptr<Exchange> exchange;  // none before the first file and after one that was abandoned
  std::thread worker;

  void start();
  void abandon(const std::filesystem::path& path);
  void close();
};

void Loader::State::start() {
  exchange = std::make_shared<Exchange>();
  try {
    worker = std::thread(work, exchange, config);
  } catch (const std::system_error& error) {
    exchange.reset();
    throw SystemError(std::string("starting a thread that reads music: ") + error.what());
  }
}

void Loader::State::close() {
  if (!exchange) return;
  {
    const std::lock_guard lock(exchange->mutex);
    exchange->closed = true;
  }
  exchange->changed.notify_all();
  worker.join();
}

// With the exchange locked. The worker may never come back: what it holds is lost, and the next file gets another one.
void Loader::State::abandon(const std::filesystem::path& path) {
  exchange->closed = exchange->abandoned = true;
  exchange.reset();
  worker.detach();
  if (++abandoned_workers > kMostAbandoned)
    throw SystemError(fmt::format("reading '{}': it hangs, as {} files before it do; does the file system?",
                                  path.string(), kMostAbandoned));
}

Loader::Loader(const AudioConfig& config) : state_(new State{config, nullptr, {}}) {}
Loader::Loader(Loader&&) noexcept = default;
Loader::~Loader() {
  if (state_) state_->close();
}

void Loader::operator()(const std::filesystem::path& path, std::vector<float>& mono) {
  if (!state_->exchange) state_->start();
  const std::shared_ptr<Exchange> exchange = state_->exchange;  // outlives the lock also where it is abandoned
  std::unique_lock lock(exchange->mutex);
  ask_for(*exchange, path, mono);
  const bool in_time = wait_until_done(*exchange, lock, state_->config.file_timeout_s);
  if (in_time || give_up(*exchange, lock)) {
    exchange->state = Exchange::waiting;
    exchange->mono.swap(mono);
    const std::exception_ptr failure = std::exchange(exchange->failure, nullptr);
    if (!failure) return;
    if (in_time) std::rethrow_exception(failure);
  } else {
    state_->abandon(path);
  }
  if (StopFlag::raised()) throw Stopped("stopped while reading '" + path.string() + "'");
  throw UnusableAudio(fmt::format("took longer than features.file_timeout_s = {:g} s", state_->config.file_timeout_s));
}

}  // namespace foldwave::audio
