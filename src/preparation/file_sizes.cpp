#include "preparation/file_sizes.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"

namespace foldwave::preparation {
namespace {

constexpr int files_a_time = 4096;

}  // namespace

int64_t bytes_of_file(const std::filesystem::path& file) {
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 ? int64_t{found.st_size} : no_file;
}

std::vector<int64_t> file_sizes(const catalog::Catalog& catalog, const comm::Group& group, ProgressSink& sink) {
  const int files = static_cast<int>(catalog.tracks.size()), parts = (files + files_a_time - 1) / files_a_time;
  const auto end_of = [&](int part) { return std::min(files, (part + 1) * files_a_time); };
  std::vector<int64_t> sizes;
  if (group.rank() == 0) sizes.resize(static_cast<size_t>(files), no_file);
  Progress progress;
  progress.stage = "plan";
  progress.unit = "files";
  progress.total = files;
  sink.update(progress);
  const int done = comm::share_work(
      group, parts,
      [&](int part) {
        std::vector<int64_t> of_part;
        for (int track = part * files_a_time; track < end_of(part); ++track)
          of_part.push_back(bytes_of_file(catalog.file_of(track)));
        return std::string(reinterpret_cast<const char*>(of_part.data()), of_part.size() * sizeof(int64_t));
      },
      [&](int part, int, const std::string& bytes) {
        std::memcpy(sizes.data() + static_cast<ptrdiff_t>(part) * files_a_time, bytes.data(), bytes.size());
        progress.done += end_of(part) - part * files_a_time;
        sink.update(progress);
      });
  if (done < parts) throw Stopped("stopped while planning the feature store");
  return sizes;
}

}  // namespace foldwave::preparation
