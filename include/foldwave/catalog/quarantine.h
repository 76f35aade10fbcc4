// The files that could not be used, each with its reason.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "foldwave/catalog/catalog.h"

namespace foldwave::catalog {

using Quarantine = std::map<int, std::string>;  // track number -> reason

void write_quarantine(const std::filesystem::path& path, const Catalog& catalog,
                      const Quarantine& quarantine);  // song_id,filepath,reason

}  // namespace foldwave::catalog
