// How large the audio files are, asked by all ranks: a million questions to one file server take one rank minutes.
#pragma once

#include <cstdint>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/comm/group.h"
#include "foldwave/core/progress.h"

namespace foldwave::preparation {

constexpr int64_t no_file = -1;
int64_t bytes_of_file(const std::filesystem::path& file);  // or no_file

// Collective. Bytes of every track's file, or no_file: on rank 0, where a plan is made of them; empty on the others.
std::vector<int64_t> file_sizes(const catalog::Catalog& catalog, const comm::Group& group, ProgressSink& sink);

}  // namespace foldwave::preparation
