#include "foldwave/preparation/stage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/store/store.h"

namespace foldwave::preparation {
namespace {

namespace fs = std::filesystem;

constexpr double kGB = 1e9;
constexpr double kRoomToSpare = 1.02;  // of the store's size
constexpr const char* kInUse = "in-use";

// "$NAME" or "${NAME}" at the beginning of a path.
fs::path folder_named(const std::string& where) {
  if (where.front() != '$') return where;
  const size_t end = std::min(where.size(), where.find('/'));
  std::string name = where.substr(1, end - 1);
  if (name.size() > 2 && name.front() == '{' && name.back() == '}') name = name.substr(1, name.size() - 2);
  const std::string value = environment_variable(name);
  if (value.empty()) throw SystemError("the variable " + name + " is not set");
  return value + where.substr(end);
}

// In a folder that others may write to, somebody may have put something of this name there before.
void require_own_folder(const fs::path& folder) {
  struct stat found = {};
  if (::lstat(folder.c_str(), &found) != 0) throw SystemError("'" + folder.string() + "'", errno);
  if (!S_ISDIR(found.st_mode) || found.st_uid != getuid())
    throw SystemError("'" + folder.string() + "' is not a folder of this user's");
  fs::permissions(folder, fs::perms::owner_all);
}

bool is_same_size(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::file_size(a, error) == fs::file_size(b, error) && !error;
}

struct Size {
  double all = 0, missing = 0;  // bytes of the store, and of what the copy has not yet
};
Size size_of(const fs::path& store, const fs::path& folder) {
  Size size;
  for (const fs::path& name : store::file_names(store)) {
    const auto bytes = static_cast<double>(fs::file_size(store / name));
    size.all += bytes;
    if (!is_same_size(store / name, folder / name)) size.missing += bytes;
  }
  return size;
}

// On one rank: the folder of the copy, where there is room for it. SystemError says why not.
fs::path folder_with_room(const fs::path& store, const std::string& where) {
  const fs::path scratch = folder_named(where);
  if (!fs::is_directory(scratch)) throw SystemError("there is no folder '" + scratch.string() + "'");
  const fs::path folder =
      scratch / fmt::format("foldwave-store-{}-{}", getuid(), fingerprint(fs::canonical(store).string()));
  const Size size = size_of(store, folder);
  const auto free = static_cast<double>(fs::space(scratch).available);
  if (size.missing * kRoomToSpare > free)
    throw SystemError(fmt::format("'{}' has {:.3g} GB free, and {:.3g} GB of the store are to go there",
                                  scratch.string(), free / kGB, size.missing / kGB));
  make_directories(folder);
  require_own_folder(folder);
  return folder;
}

bool is_still_at(const fs::path& path, int file) {
  struct stat mine = {}, there = {};
  return ::fstat(file, &mine) == 0 && ::stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino;
}

// Opens the file whose lock says that the folder is used; again where another rank has taken both away in between.
int use(const fs::path& folder) {
  for (;;) {
    make_directories(folder);
    const fs::path path = folder / kInUse;
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw SystemError("'" + path.string() + "'", errno);
    if (::flock(file, LOCK_SH) != 0) {
      const int why = errno;
      ::close(file);
      throw SystemError("'" + path.string() + "' cannot be locked", why);
    }
    if (is_still_at(path, file)) return file;
    ::close(file);
  }
}

// Under a name of its own until it is all there.
void bring(const fs::path& from, const fs::path& to) {
  const fs::path half = to.string() + fmt::format(".half-{}", getpid());
  std::error_code error;
  fs::copy_file(from, half, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(half, to, error);
  if (!error) return;
  std::error_code ignored;
  fs::remove(half, ignored);
  throw SystemError("copying '" + from.string() + "' to '" + to.string() + "': " + error.message());
}

bool is_sound(const fs::path& directory, const store::StorePlan& plan, int shard) {
  return store::shard_is_whole(directory, plan, shard) &&
         store::damaged_tracks(directory, plan, shard, store::ReadFrom::page_cache).empty();
}

// Where ranks of a node do a part each: none goes on before all are done. Returns the first failure, or "".
std::string together(const comm::Group& node, const std::function<void()>& part) {
  std::string mine;
  try {
    part();
  } catch (const std::exception& error) {
    mine = error.what();
  }
  const std::vector<std::string> all = node.gather(mine);
  return comm::on_rank_0(node, [&] {
    for (const std::string& failure : all)
      if (!failure.empty()) return failure;
    return std::string();
  });
}

}  // namespace

StagedStore::StagedStore(fs::path store, const std::string& where, const comm::Group& node)
    : directory_(std::move(store)) {
  if (where.empty()) return;
  const double began = monotonic_s();
  std::string folder;
  std::string failure = together(node, [&] {
    if (node.rank() == 0) folder = folder_with_room(directory_, where);
  });
  node.broadcast(folder);
  if (failure.empty()) failure = together(node, [&] { in_use_ = use(folder_ = folder); });
  if (failure.empty()) failure = together(node, [&] { copy_share(directory_, folder, node); });
  if (!failure.empty()) {
    let_go();
    outcome_ = "the store is read where it is: " + failure;
    return;
  }
  outcome_ = fmt::format("{:.3g} GB of store are read from '{}', where they were in {:.1f} s",
                         size_of(directory_, folder).all / kGB, folder, monotonic_s() - began);
  directory_ = folder;
}

StagedStore::~StagedStore() { let_go(); }

void StagedStore::copy_share(const fs::path& store, const fs::path& folder, const comm::Group& node) {
  const store::StorePlan plan = store::read_plan(store);
  for (int shard = node.rank(); shard < plan.shards(); shard += node.size()) {
    const fs::path from = store::shard_path(store, shard), to = store::shard_path(folder, shard);
    const auto is_whole = [&] { return is_sound(folder, plan, shard); };
    if (is_same_size(from, to) && is_whole()) continue;
    bring(from, to);
    if (is_whole()) continue;
    fs::remove(to);
    throw SystemError(is_sound(store, plan, shard)
                          ? "the copy '" + to.string() + "' does not match its checksums"
                          : "'" + from.string() +
                                "' itself does not match its checksums, which 'foldwave prepare "
                                "--features.verify true' mends");
  }
  if (node.rank() != 0) return;
  for (const fs::path& name : store::file_names(store))
    if (!name.string().starts_with("shard-")) bring(store / name, folder / name);
  if (!store::index_is_whole(folder)) throw SystemError("the index in '" + folder.string() + "' is damaged");
}

void StagedStore::let_go() {
  if (in_use_ < 0) return;
  // A lock that becomes exclusive: nobody else has one.
  std::error_code error;
  if (::flock(in_use_, LOCK_EX | LOCK_NB) == 0) fs::remove_all(folder_, error);
  ::close(in_use_);
  in_use_ = -1;
}

}  // namespace foldwave::preparation
