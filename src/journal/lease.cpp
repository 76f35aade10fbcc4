#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/journal/journal.h"

namespace foldwave::journal {
namespace {

constexpr double kRenew_s = 5, kStale_s = 60;  // a holder on another host that has not renewed for so long is dead
constexpr double kDying_s = 3;                 // mpirun may return a moment before its ranks are gone

// When the process started, in clock ticks since boot: tells a process from a later one with the same number. Empty if
// it is gone, or dead and only waits for its parent.
std::string start_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return "";
  std::istringstream fields(text.substr(name_end + 1));
  std::string state, field;
  fields >> state;
  for (int i = 4; i <= 22; ++i) fields >> field;  // the 22nd is the start
  return state == "Z" || state == "X" ? "" : field;
}

bool is_alive(const nlohmann::json& lease) {
  const int pid = lease.value("pid", 0);
  if (lease.value("host", "") == host_name()) return start_of(pid) == lease.value("process_start", "?");
  return unix_now_s() - lease.value("renewed", 0.0) < kStale_s;
}

bool keeps_out(const nlohmann::json& lease, const LaunchRecord& mine) {
  const std::string job = lease.value("job", "");
  const bool other_host = lease.value("host", "") != host_name();
  // SLURM ended the earlier start of a requeued job; its node cannot say so any more.
  if (other_host && !job.empty() && job == mine.job && mine.restart_count > lease.value("restart_count", 0))
    return false;
  return is_alive(lease);
}

// One launch at a time looks at the lease and takes it. A file system without locks leaves a gap of milliseconds.
class TakingTurns {
 public:
  explicit TakingTurns(const std::filesystem::path& directory)
      : fd_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  ~TakingTurns() {
    if (fd_ >= 0) ::close(fd_);
  }
  TakingTurns(const TakingTurns&) = delete;
  TakingTurns& operator=(const TakingTurns&) = delete;

 private:
  int fd_;
};

}  // namespace

bool is_held(const std::filesystem::path& run_directory) {
  const auto path = run_directory / "lease";
  if (!std::filesystem::exists(path)) return false;
  const auto lease = nlohmann::json::parse(read_file(path), nullptr, false);
  return lease.is_object() && is_alive(lease);
}

struct Lease::State {
  std::filesystem::path path;
  nlohmann::ordered_json lease;
  std::string took_over;
  std::mutex mutex;
  std::condition_variable closing_changed;
  bool closing = false;
  std::thread renewer;

  bool is_ours() const {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return false;
    return nlohmann::json::parse(read_file(path), nullptr, false).value("launch", "") == lease["launch"];
  }
  void write() {
    lease["renewed"] = unix_now_s();
    publish(path, lease.dump(2) + "\n");
  }
  void renew() {
    std::unique_lock lock(mutex);
    while (!closing_changed.wait_for(lock, std::chrono::duration<double>(kRenew_s), [this] { return closing; })) {
      try {
        if (is_ours()) write();
      } catch (const Error&) {
        // A full disk stops the run where it writes its results; the lease tries again.
      }
    }
  }
};

Lease::Lease(const std::filesystem::path& run_directory, const LaunchRecord& launch)
    : state_(std::make_unique<State>()) {
  state_->path = run_directory / "lease";
  const TakingTurns turn(run_directory);
  if (std::filesystem::exists(state_->path)) {
    const auto other = nlohmann::json::parse(read_file(state_->path), nullptr, false);
    const double patience = monotonic_s() + kDying_s;
    while (other.is_object() && keeps_out(other, launch) && monotonic_s() < patience)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (other.is_object() && keeps_out(other, launch)) {
      throw InputError("run.dir '" + run_directory.string() + "' is in use by process " +
                       std::to_string(other.value("pid", 0)) + " on " + other.value("host", "?") +
                       (other.value("job", "").empty() ? "" : " (job " + other.value("job", "") + ")") + " since " +
                       other.value("since", "?"));
    }
    if (other.is_object())
      state_->took_over = "the launch of " + other.value("since", "?") + " on " + other.value("host", "?") +
                          " ended without a word; going on from what it saved";
  }
  state_->lease = {{"host", launch.host},
                   {"pid", getpid()},
                   {"process_start", start_of(getpid())},
                   {"job", launch.job},
                   {"restart_count", launch.restart_count},
                   {"launch", launch.id},
                   {"since", utc_now()}};
  state_->write();
  state_->renewer = std::thread([this] { state_->renew(); });
}

Lease::~Lease() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  state_->closing_changed.notify_all();
  state_->renewer.join();
  try {
    if (state_->is_ours()) std::filesystem::remove(state_->path);
  } catch (const std::exception&) {
    // A lease that stays behind is taken over: its process is gone.
  }
}

const std::string& Lease::took_over() const { return state_->took_over; }

}  // namespace foldwave::journal
