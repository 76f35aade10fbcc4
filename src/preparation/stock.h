// What is in a store's directory already and can stay.
#pragma once

#include <optional>
#include <vector>

#include "foldwave/catalog/quarantine.h"
#include "foldwave/comm/group.h"
#include "preparation/task.h"

namespace foldwave::preparation {

// May a file that could not be used be tried again? Between runs that failed the user mends or mounts files; a finished
// store stays what it is.
enum class Verdicts { stand, stand_while_files_are_the_same };

// The unusable tracks of a shard that can stay; nothing where it has to be made, because it is not whole or a file that
// could not be used looks different now.
std::optional<catalog::Quarantine> kept_shard(const Task& task, int shard, Verdicts verdicts);

struct Stock {
  std::vector<int> pending;      // shards to be made, ascending; on all ranks
  catalog::Quarantine unusable;  // of the shards that stay; on rank 0
};
Stock take_stock(const Task& task, Verdicts verdicts, const comm::Group& group);  // collective

}  // namespace foldwave::preparation
