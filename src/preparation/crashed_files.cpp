#include "preparation/crashed_files.h"

#include <sys/stat.h>

#include <tuple>
#include <vector>

#include "foldwave/core/crash.h"
#include "preparation/packed.h"

namespace foldwave::preparation {
namespace {

using Rows = std::vector<std::tuple<int, int, std::string>>;  // track, times, signal

// A file that was replaced or mended since is not the one that crashed.
bool has_changed_since(const std::string& file, double unix_s) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return false;
  return static_cast<double>(found.st_ctim.tv_sec) + 1e-9 * static_cast<double>(found.st_ctim.tv_nsec) > unix_s;
}

Rows rows_of_notes(const Task& task) {
  std::map<std::string, Crashes> by_path;
  for (const CrashNote& note : read_crash_notes(task.config.store)) {
    if (has_changed_since(note.subject, note.unix_s)) continue;
    Crashes& crashes = by_path[note.subject];
    ++crashes.times;
    crashes.signal = note.signal;
  }
  Rows rows;
  if (by_path.empty()) return rows;
  for (int track = 0; track < task.tracks(); ++track) {
    const auto found = by_path.find(task.catalog.file_of(track).string());
    if (found != by_path.end()) rows.emplace_back(track, found->second.times, found->second.signal);
  }
  return rows;
}

}  // namespace

std::string Crashes::reason() const {
  return "crashes its reader (" + signal + "), " + (times == 2 ? "twice" : std::to_string(times) + " times");
}

CrashedFiles crashed_files(const Task& task, const comm::Group& group) {
  CrashedFiles files;
  for (const auto& [track, times, signal] :
       unpacked(comm::on_rank_0(group, [&] { return packed(rows_of_notes(task)); })).get<Rows>())
    files[track] = {times, signal};
  return files;
}

}  // namespace foldwave::preparation
