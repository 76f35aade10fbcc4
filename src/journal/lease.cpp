#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
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
#include "foldwave/launch/slurm_job.h"

namespace foldwave::journal {
namespace {

constexpr double kRenew_s = 1;   // so that who looks at the lease for kLook_s sees that its holder lives
constexpr double kStale_s = 60;  // a holder on another host that has not renewed for so long is dead
constexpr double kLook_s = 3;    // and mpirun may return a moment before its ranks are gone

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

using Json = nlohmann::json;

bool is_lease(const Json& json) {
  if (!json.is_object()) return false;
  const auto all = [&](std::initializer_list<const char*> keys, bool (Json::*is)() const noexcept) {
    return std::all_of(keys.begin(), keys.end(),
                       [&](const char* key) { return !json.contains(key) || (json[key].*is)(); });
  };
  return all({"host", "process_start", "numbering", "job", "launch", "since", "plan"}, &Json::is_string) &&
         all({"pid", "restart_count"}, &Json::is_number_integer) && all({"renewed"}, &Json::is_number);
}

// A null where there is none, or none that can be read.
Json read_lease(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return nullptr;
  const Json lease = Json::parse(read_file(path), nullptr, false);
  return is_lease(lease) ? lease : Json();
}

// Containers on one host number their processes each for itself: "pid:[4026531836]".
std::string process_numbering() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

bool is_here(const Json& lease) { return lease.value("host", "") == host_name(); }

// Whether its process number means anything to this process.
bool numbers_as_here(const Json& lease) {
  return is_here(lease) && lease.value("numbering", process_numbering()) == process_numbering();
}

bool is_alive(const Json& lease) {
  if (numbers_as_here(lease)) return start_of(lease.value("pid", 0)) == lease.value("process_start", "?");
  return std::abs(unix_now_s() - lease.value("renewed", 0.0)) < kStale_s;  // either clock may be ahead
}

// SLURM knows of its jobs, but that a job runs does not tell whether an earlier step of my own still does.
launch::JobState state_of_job(const Json& lease, const LaunchRecord& mine) {
  const std::string job = lease.value("job", "");
  if (is_here(lease) || job.empty()) return launch::JobState::unknown;
  if (job != mine.job) return launch::ask_slurm(job);
  // SLURM ended the earlier start of a requeued job.
  return mine.restart_count > lease.value("restart_count", 0) ? launch::JobState::gone : launch::JobState::unknown;
}

// Whether the holder of the lease lives. One on another host is looked at for a while even if its lease is old: clocks
// may differ, but who renews it lives.
bool holder_lives(const std::filesystem::path& path, const Json& first, const LaunchRecord& mine) {
  const launch::JobState job = state_of_job(first, mine);
  if (job != launch::JobState::unknown) return job == launch::JobState::running;
  const double end_s = monotonic_s() + kLook_s;
  for (;;) {
    const Json now = read_lease(path);
    if (now != first) return now.is_object();
    const bool alive = is_alive(first);
    if (!alive && numbers_as_here(first)) return false;
    // Beside this one, in another container, it would have renewed its lease by now.
    if (monotonic_s() > end_s) return alive && (numbers_as_here(first) || !is_here(first));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

[[noreturn]] void refuse(const std::filesystem::path& folder, const Json& holder, const std::string& why = "") {
  const std::string job = holder.value("job", "");
  throw InputError("run.dir '" + folder.string() + "' is in use by process " + std::to_string(holder.value("pid", 0)) +
                   " on " + holder.value("host", "?") + (job.empty() ? "" : " (job " + job + ")") + " since " +
                   holder.value("since", "?") + why);
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

std::vector<std::filesystem::path> part_folders(const std::filesystem::path& run_directory) {
  std::vector<std::filesystem::path> folders;
  std::error_code error;  // mostly there is none
  for (const auto& entry : std::filesystem::directory_iterator(run_directory / kShared, error))
    folders.push_back(entry.path());
  return folders;
}

std::vector<Holder> holders(const std::filesystem::path& run_directory) {
  std::vector<std::filesystem::path> folders = part_folders(run_directory);
  folders.push_back(run_directory);
  std::vector<Holder> found;
  for (const auto& folder : folders) {
    const Json lease = read_lease(folder / "lease");
    if (!lease.is_object() || !is_alive(lease)) continue;
    const double silent_s = numbers_as_here(lease) ? 0 : std::max(0.0, unix_now_s() - lease.value("renewed", 0.0));
    found.push_back({lease.value("launch", ""), silent_s});
  }
  return found;
}

void refuse_held(const std::filesystem::path& folder, const LaunchRecord& mine) {
  const Json holder = read_lease(folder / "lease");
  if (holder.is_object() && holder_lives(folder / "lease", holder, mine)) refuse(folder, holder);
}

void refuse_other_plan(const std::filesystem::path& folder, const LaunchRecord& mine) {
  const Json holder = read_lease(folder / "lease");
  if (!holder.is_object() || holder.value("plan", mine.plan) == mine.plan) return;
  if (holder_lives(folder / "lease", holder, mine))
    refuse(folder, holder, ", with other trials than this launch has: those that share a run need the same config");
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
    const Json there = read_lease(path);
    return there.is_object() && there.value("launch", "") == lease["launch"];
  }
  void write() {
    lease["renewed"] = unix_now_s();
    publish(path, lease.dump(2) + "\n");
  }
  // False where somebody else has taken or renewed it in between.
  bool take_from(const Json& holder) {
    const TakingTurns turn(path.parent_path());
    if (read_lease(path) != holder) return false;
    write();
    return true;
  }
  void renew() {
    std::unique_lock lock(mutex);
    while (!closing_changed.wait_for(lock, std::chrono::duration<double>(kRenew_s), [this] { return closing; })) {
      try {
        const TakingTurns turn(path.parent_path());
        if (is_ours()) write();
      } catch (const Error&) {
        // A full disk stops the run where it writes its results; the lease tries again.
      }
    }
  }
};

Lease::Lease(const std::filesystem::path& folder, const LaunchRecord& launch) : state_(std::make_unique<State>()) {
  state_->path = folder / "lease";
  state_->lease = {{"host", launch.host},
                   {"pid", getpid()},
                   {"process_start", start_of(getpid())},
                   {"numbering", process_numbering()},
                   {"job", launch.job},
                   {"restart_count", launch.restart_count},
                   {"launch", launch.id},
                   {"plan", launch.plan},
                   {"since", utc_now()}};
  for (;;) {
    const Json holder = read_lease(state_->path);
    if (holder.is_object() && holder_lives(state_->path, holder, launch)) refuse(folder, holder);
    if (!state_->take_from(holder)) continue;
    if (holder.is_object())
      state_->took_over = "the launch of " + holder.value("since", "?") + " on " + holder.value("host", "?") +
                          " ended without a word; going on from what it saved";
    break;
  }
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
