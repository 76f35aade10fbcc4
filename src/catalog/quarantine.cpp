#include "foldwave/catalog/quarantine.h"

#include "foldwave/core/files.h"
#include "foldwave/formats/csv.h"

namespace foldwave::catalog {

void write_quarantine(const std::filesystem::path& path, const Catalog& catalog, const Quarantine& quarantine) {
  std::string text = formats::csv_row({"song_id", "filepath", "reason"});
  for (const auto& [track, reason] : quarantine) {
    text += formats::csv_row({catalog.tracks[track].id, catalog.tracks[track].path, reason});
  }
  publish(path, text);
}

}  // namespace foldwave::catalog
