#include "store/shard_files.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/store/store.h"

namespace foldwave::store {
namespace {

int descriptor_of(uint64_t state) { return static_cast<int>(state >> 32) - 1; }
uint64_t readers_of(uint64_t state) { return state & 0xffffffffu; }
uint64_t state_of(int descriptor) { return static_cast<uint64_t>(descriptor + 1) << 32; }

}  // namespace

// While it lives, its file is not closed.
class ShardFiles::Pin {
 public:
  Pin(Slot& slot, int file) : slot_(slot), file_(file) {}
  ~Pin() { slot_.state.fetch_sub(1, std::memory_order_release); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  int file() const { return file_; }

 private:
  Slot& slot_;
  int file_;
};

ShardFiles::ShardFiles(std::filesystem::path directory, int shards, size_t most_open, FileCalls calls)
    : directory_(std::move(directory)),
      most_open_(std::max<size_t>(most_open, 1)),
      calls_(std::move(calls)),
      slots_(static_cast<size_t>(shards)) {}

ShardFiles::~ShardFiles() {
  for (const size_t shard : open_) ::close(descriptor_of(slots_[shard].state));
}

size_t ShardFiles::usual_most_open() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  return std::clamp<size_t>(limit.rlim_cur / 4, 8, 256);
}

size_t ShardFiles::open_now() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

int ShardFiles::pin_if_open(Slot& slot) const {
  const int file = descriptor_of(slot.state.fetch_add(1, std::memory_order_acquire));
  if (file < 0) slot.state.fetch_sub(1, std::memory_order_relaxed);
  return file;
}

// Opens outside the mutex, as that may take long. Of two threads that do so, the second one keeps the first one's.
ShardFiles::Pin ShardFiles::pin(int shard) const {
  const auto s = static_cast<size_t>(shard);
  Slot& slot = slots_[s];
  int file = pin_if_open(slot);
  if (file < 0) {
    const auto path = shard_path(directory_, shard);
    const int opened = open_patiently(path, calls_);
    if (opened < 0) throw SystemError("opening '" + path.string() + "'", errno);
    const std::lock_guard lock(mutex_);
    file = pin_if_open(slot);
    if (file >= 0) {
      ::close(opened);
    } else {
      while (open_.size() >= most_open_ && close_least_recently_used()) {
      }
      open_.push_back(s);
      openings_.fetch_add(1, std::memory_order_relaxed);
      slot.state.fetch_add(state_of(opened) + 1, std::memory_order_release);
      file = opened;
    }
  }
  slot.last_used.store(openings_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  return {slot, file};
}

bool ShardFiles::close_if_idle(size_t shard) const {
  uint64_t state = slots_[shard].state;
  if (descriptor_of(state) < 0 || readers_of(state) > 0) return false;
  if (!slots_[shard].state.compare_exchange_strong(state, 0, std::memory_order_acq_rel)) return false;
  ::close(descriptor_of(state));
  std::erase(open_, shard);
  return true;
}

// None if a thread reads in each of them: then one more than the most is open for a while.
bool ShardFiles::close_least_recently_used() const {
  // As they were used until now: readers go on meanwhile, and sorting by what changes runs beyond the ends.
  std::vector<std::pair<uint64_t, size_t>> by_use;
  for (const size_t shard : open_) by_use.emplace_back(slots_[shard].last_used, shard);
  std::sort(by_use.begin(), by_use.end());
  return std::any_of(by_use.begin(), by_use.end(), [&](const auto& used) { return close_if_idle(used.second); });
}

// Fills `out`, whose remainder and place are left in `out` and `offset`; errno, or 0 also where the file ends early.
int ShardFiles::read_all(int file, uint64_t& offset, std::span<std::byte>& out) const {
  while (!out.empty()) {
    const long n = calls_.pread(file, out.data(), out.size(), static_cast<long>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return 0;
    out = out.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return 0;
}

void ShardFiles::read(int shard, uint64_t offset, std::span<std::byte> out, std::string_view song_id,
                      const std::string& payload) const {
  const auto what = [&] {
    return "reading " + payload + " of track '" + std::string(song_id) + "' from '" +
           shard_path(directory_, shard).string() + "'";
  };
  int error = 0;
  {
    const Pin pinned = pin(shard);
    error = read_all(pinned.file(), offset, out);
  }
  if (error == ESTALE) error = read_anew(shard, offset, out);
  if (error != 0) throw SystemError(what(), error);
  if (!out.empty()) throw SystemError(what() + ": the file ends too early; features.verify = true makes it anew");
}

// The file was replaced by an equal one under its name. Other threads may still read by the old descriptor, so this
// read opens one of its own; the old one is closed when nobody uses it.
int ShardFiles::read_anew(int shard, uint64_t& offset, std::span<std::byte>& out) const {
  {
    const std::lock_guard lock(mutex_);
    close_if_idle(static_cast<size_t>(shard));
  }
  const int fresh = open_patiently(shard_path(directory_, shard), calls_);
  if (fresh < 0) return errno;
  const int error = read_all(fresh, offset, out);
  ::close(fresh);
  return error;
}

}  // namespace foldwave::store
