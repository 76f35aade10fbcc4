#include "comm/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>

#include "comm/back_off.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/host.h"

namespace foldwave::comm {
namespace {

// What a rank's file begins with; its buffer lies behind, on a page of its own.
struct Head {
  struct alignas(64) Arrived {  // a cache line each, for each is written by another thread
    uint64_t meetings = 0;
  };
  uint64_t token = 0;  // whose file this is
  std::array<Arrived, 2> arrived;
  float small[2][2][SharedMemory::kSmall];  // [lane, odd and even meetings]
};
constexpr size_t kPage = 1 << 16;  // the largest of Linux' usual ones
constexpr size_t kHeadBytes = (sizeof(Head) + kPage - 1) / kPage * kPage;

// Of memfd_create, or another rank's.
class File {
 public:
  explicit File(int fd, const char* what) : fd_(fd) {
    if (fd_ < 0) throw SystemError(what, errno);
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int number() const { return fd_; }
  // With its memory: a page that is not there when it is touched would be a SIGBUS.
  // In parts, for a signal undoes the part that it comes in.
  void grow(size_t begin, size_t bytes) const {
    constexpr size_t part = 4 << 20;
    const size_t end = begin + bytes;
    while (begin < end) {
      const size_t n = std::min(part, end - begin);
      const int error = ::posix_fallocate(fd_, static_cast<off_t>(begin), static_cast<off_t>(n));
      if (error == 0) begin += n;
      if (error != 0 && error != EINTR) throw SystemError("reserving shared memory", error);
    }
  }
  bool is_of(size_t bytes) const {
    struct stat status {};
    return ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == static_cast<off_t>(bytes);
  }

 private:
  int fd_;
};

class Mapping {
 public:
  Mapping(const File& file, size_t begin, size_t bytes)
      : bytes_(bytes),
        begin_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), static_cast<off_t>(begin))) {
    if (begin_ == MAP_FAILED) throw SystemError("mmap of shared memory", errno);
  }
  ~Mapping() { ::munmap(begin_, bytes_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  void* begin() const { return begin_; }

 private:
  size_t bytes_;
  void* begin_;
};

// How another rank finds the file; processes of another kernel or another space of process numbers cannot.
struct Introduction {
  std::string where;
  int pid = 0, fd = -1;
  uint64_t token = 0;

  std::string text() const {
    std::ostringstream out;
    out << where << ' ' << pid << ' ' << fd << ' ' << token;
    return out.str();
  }
  static Introduction of(const std::string& text) {
    Introduction read;
    std::istringstream(text) >> read.where >> read.pid >> read.fd >> read.token;
    return read;
  }
};

std::string where_processes_are_numbered() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  std::error_code unknown;
  return host_name() + '/' + boot + '/' + std::filesystem::read_symlink("/proc/self/ns/pid", unknown).string();
}

uint64_t random_token() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

// Every rank maps what all of them share, which is more than a limit of its addresses foresees.
bool addresses_are_limited() {
  struct rlimit limit {};
  return ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

std::vector<std::string> gather_everywhere(const Group& group, const std::string& line) {
  std::string all;
  for (const std::string& one : group.gather(line)) all += one + '\n';
  group.broadcast(all);
  std::vector<std::string> lines;
  std::istringstream in(all);
  for (std::string one; std::getline(in, one);) lines.push_back(one);
  return lines;
}

}  // namespace

struct SharedMemory::Share {
  explicit Share(int fd, const char* what) : file(std::make_shared<File>(fd, what)) {}
  Head& head() const { return *static_cast<Head*>(head_mapping->begin()); }
  std::atomic_ref<uint64_t> arrived(Lane lane) const {
    return std::atomic_ref(head().arrived[static_cast<size_t>(lane)].meetings);
  }

  static std::unique_ptr<Share> make() {
    auto share = std::make_unique<Share>(::memfd_create("foldwave", MFD_CLOEXEC), "memfd_create");
    share->file->grow(0, kHeadBytes);
    share->head_mapping.emplace(*share->file, 0, kHeadBytes);
    share->head().token = random_token();
    return share;
  }

  // Null where that is not, or is not the file that was meant.
  static std::unique_ptr<Share> of_another(const Introduction& rank) {
    const std::string path = "/proc/" + std::to_string(rank.pid) + "/fd/" + std::to_string(rank.fd);
    auto share = std::make_unique<Share>(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK), path.c_str());
    if (!share->file->is_of(kHeadBytes)) return nullptr;
    share->head_mapping.emplace(*share->file, 0, kHeadBytes);
    return share->head().token == rank.token ? std::move(share) : nullptr;
  }

  std::shared_ptr<File> file;
  std::optional<Mapping> head_mapping, buffer_mapping;  // that of the buffer on other ranks alone
};

// The own one, while somebody holds it: its memory goes back with it. Nobody else touches it any more by then, for a
// sum ends when all ranks have come to its end.
struct SharedMemory::Buffer {
  Buffer(std::shared_ptr<File> file_, size_t bytes) : file(std::move(file_)) {
    file->grow(kHeadBytes, bytes);
    mapping.emplace(*file, kHeadBytes, bytes);
  }
  ~Buffer() {
    if (::ftruncate(file->number(), static_cast<off_t>(kHeadBytes)) != 0) return;  // it goes with the file
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::shared_ptr<File> file;
  std::optional<Mapping> mapping;
};

std::unique_ptr<SharedMemory> SharedMemory::of(const Group& group) {
  const std::string here = where_processes_are_numbered();
  std::vector<std::unique_ptr<Share>> shares(static_cast<size_t>(group.size()));
  const auto mine = static_cast<size_t>(group.rank());
  Introduction me{.where = here, .pid = ::getpid()};
  try {
    if (addresses_are_limited()) throw SystemError("shared memory: the address space is limited");
    shares[mine] = Share::make();
    me.fd = shares[mine]->file->number();
    me.token = shares[mine]->head().token;
  } catch (const std::exception&) {  // of whatever kind: the other ranks wait to hear of it
    me.where = "nowhere";
  }
  const std::vector<std::string> ranks = gather_everywhere(group, me.text());
  bool all_there = true;
  for (size_t i = 0; i < shares.size() && all_there; ++i) {
    const Introduction other = Introduction::of(ranks[i]);
    all_there = other.where == here;
    if (i == mine || !all_there) continue;
    try {
      shares[i] = Share::of_another(other);
    } catch (const std::exception&) {
      // Not allowed here, as in some containers.
    }
    all_there = shares[i] != nullptr;
  }
  for (const std::string& rank : gather_everywhere(group, all_there ? "all" : "none"))
    if (rank != "all") return nullptr;
  return std::unique_ptr<SharedMemory>(new SharedMemory(std::move(shares), mine));
}

SharedMemory::SharedMemory(std::vector<std::unique_ptr<Share>> shares, size_t rank)
    : shares_(std::move(shares)), rank_(rank) {}

SharedMemory::~SharedMemory() = default;

// The others' are mapped at once, be they there yet or not: whoever touches them has met them first.
std::shared_ptr<float[]> SharedMemory::buffer(size_t n) {
  if (!buffer_.expired()) throw std::logic_error("a buffer of shared memory is asked for while another one is held");
  const size_t bytes = std::max<size_t>(n, 1) * sizeof(float);
  auto made = std::make_shared<Buffer>(shares_[rank_]->file, bytes);
  auto* const values = static_cast<float*>(made->mapping->begin());
  all_held_.assign(shares_.size(), values);
  for (size_t i = 0; i < shares_.size(); ++i) {
    if (i == rank_) continue;
    shares_[i]->buffer_mapping.emplace(*shares_[i]->file, kHeadBytes, bytes);
    all_held_[i] = static_cast<float*>(shares_[i]->buffer_mapping->begin());
  }
  held_ = {values, n};
  buffer_ = made;
  return {std::move(made), values};
}

bool SharedMemory::holds(std::span<const float> values) const {
  return !buffer_.expired() && values.data() >= held_.data() &&
         values.data() + values.size() <= held_.data() + held_.size();
}

void SharedMemory::meet(Lane lane) const {
  const uint64_t meeting = ++met_[static_cast<size_t>(lane)];
  shares_[rank_]->arrived(lane).store(meeting, std::memory_order_release);
  for (const auto& share : shares_) {
    BackOff back_off;
    while (share->arrived(lane).load(std::memory_order_acquire) < meeting) back_off.idle();
  }
}

// Each rank adds a part of its own for all of them, a stretch that fits into the cache at a time.
void SharedMemory::sum_held(std::span<float> values) {
  meet(Lane::behind);
  constexpr size_t stretch = 1 << 12;
  std::array<float, stretch> sum;
  const auto place = static_cast<size_t>(values.data() - held_.data());
  const size_t ranks = shares_.size(), end = values.size() * (rank_ + 1) / ranks;
  for (size_t begin = values.size() * rank_ / ranks; begin < end; begin += stretch) {
    const size_t n = std::min(stretch, end - begin);
    std::copy_n(all_held_[0] + place + begin, n, sum.begin());
    for (size_t i = 1; i < ranks; ++i) {
      const float* const share = all_held_[i] + place + begin;
      for (size_t j = 0; j < n; ++j) sum[j] += share[j];
    }
    for (float* const held : all_held_) std::copy_n(sum.begin(), n, held + place + begin);
  }
  meet(Lane::behind);
}

// Each rank reads the shares of all. They are written again two meetings later, when all have read them.
void SharedMemory::sum_small(std::span<float> values, Lane lane) const {
  const auto row = static_cast<size_t>(lane);
  const size_t side = (met_[row] + 1) % 2;
  std::copy(values.begin(), values.end(), shares_[rank_]->head().small[row][side]);
  meet(lane);
  std::copy_n(shares_[0]->head().small[row][side], values.size(), values.begin());
  for (size_t i = 1; i < shares_.size(); ++i) {
    const float* const share = shares_[i]->head().small[row][side];
    for (size_t j = 0; j < values.size(); ++j) values[j] += share[j];
  }
}

}  // namespace foldwave::comm
