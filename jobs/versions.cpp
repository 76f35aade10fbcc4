#include "jobs/versions.h"

#include <fmt/format.h>

#include <algorithm>

#include "foldwave/audio/libraries.h"
#include "foldwave/comm/libraries.h"
#include "foldwave/features/libraries.h"
#include "foldwave/formats/libraries.h"
#include "foldwave/report/libraries.h"
#include "foldwave/training/libraries.h"
#include "foldwave_commit.h"

namespace foldwave::jobs {

std::string version() {
  const std::string commit = FOLDWAVE_COMMIT;
  return FOLDWAVE_VERSION + (commit.empty() ? "" : " (" + commit + ")");
}

std::vector<Library> all_libraries() {
  std::vector<Library> all{{"foldwave", version()}};
  for (const auto& of_room : {training::libraries(), comm::libraries(), formats::libraries(), audio::libraries(),
                              features::libraries(), report::libraries(), foldwave::libraries()})
    all.insert(all.end(), of_room.begin(), of_room.end());
  return all;
}

std::string versions_text() {
  const std::vector<Library> all = all_libraries();
  size_t width = 0;
  for (const Library& library : all) width = std::max(width, library.name.size());
  std::string text;
  for (const Library& library : all) text += fmt::format("{:<{}}{}\n", library.name, width + 2, library.version);
  return text;
}

}  // namespace foldwave::jobs
