#include "preparation/few_unusable.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"

namespace foldwave::preparation {

void require_few_unusable(const catalog::Quarantine& unusable, const catalog::Catalog& catalog,
                          const PrepareConfig& config) {
  const auto files = static_cast<double>(catalog.tracks.size()), bad = static_cast<double>(unusable.size());
  if (unusable.empty() || bad <= std::max(config.max_bad * files, static_cast<double>(config.forgiven))) return;
  if (!config.quarantine.empty()) catalog::write_quarantine(config.quarantine, catalog, unusable);
  const auto number = [](double value) { return nlohmann::json(value).dump(); };
  const auto& [track, reason] = *unusable.begin();
  throw SystemError(
      std::to_string(unusable.size()) + " of " + std::to_string(catalog.tracks.size()) +
      " audio files cannot be used, a share of " + number(std::round(bad / files * 1e4) / 1e4) +
      " where features.max_bad allows " + number(config.max_bad) + "; the first is '" +
      catalog.file_of(track).string() + "' of song '" + catalog.tracks[static_cast<size_t>(track)].id + "': " + reason +
      (config.quarantine.empty() ? "" : "; those found so far are in '" + config.quarantine.string() + "'"));
}

}  // namespace foldwave::preparation
