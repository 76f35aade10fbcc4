// What the user's tables cost on the way to a plan, for made-up ones: time, and memory of the rank that reads them.
#include <fmt/format.h>

#include <cerrno>
#include <fstream>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/process_usage.h"
#include "jobs/bench.h"
#include "jobs/temporary_directory.h"

namespace foldwave::jobs {
namespace {

// Artists of 7 songs in one of 19 genres each, files with paths of 40 characters.
void make_up_table(const std::filesystem::path& path, int64_t rows) {
  std::ofstream file(path);
  file << "song_id,filepath,genre_id,artist\n";
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t artist = row / 7;
    file << fmt::format("{0:08},music/library-{1:03}/disc-{2:04}/{0:08}.ogg,{3},artist {4}\n", row, row % 1000,
                        row / 20 % 10000, artist * 7919 % 104729 % 19, artist);
  }
  file.close();
  if (!file) throw SystemError("writing '" + path.string() + "'", errno);
}

void measure(int64_t rows) {
  const TemporaryDirectory directory;
  catalog::CatalogConfig config;
  config.train = directory.path() / "train.csv";
  config.group_column = "artist";
  make_up_table(config.train, rows);

  const double before_mib = anonymous_mib();
  const AnonymousPeak peak;
  const double begin_s = monotonic_s();
  const catalog::Catalog catalog = catalog::read_catalog(config);
  const double read_s = monotonic_s();
  const catalog::Folds folds = catalog::make_folds(catalog, {});
  const double folds_s = monotonic_s();
  const std::string hash = catalog.hash(), folds_table = catalog::folds_csv(catalog, folds);
  const double identity_s = monotonic_s();
  print_result({{"bench", "catalog"},
                {"rows", catalog.tracks.size()},
                {"groups", catalog.group_names.size()},
                {"read_s", read_s - begin_s},
                {"folds_s", folds_s - read_s},
                {"identity_s", identity_s - folds_s},
                {"anonymous_before_mib", before_mib},
                {"anonymous_peak_mib", peak.mib()},
                {"anonymous_after_mib", anonymous_mib()}});
}

}  // namespace

void bench_catalog(const Call& call) {
  comm::on_rank_0(call.world->all(), [&] {
    measure(call.settings.integer("bench.items"));
    return std::string();
  });
}

}  // namespace foldwave::jobs
