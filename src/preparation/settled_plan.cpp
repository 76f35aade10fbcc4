#include "preparation/settled_plan.h"

#include "foldwave/core/files.h"
#include "preparation/file_sizes.h"
#include "preparation/packed.h"
#include "preparation/plan.h"

namespace foldwave::preparation {

store::StorePlan settled_plan(const Task& task, const comm::Group& group, ProgressSink& sink) {
  const auto& directory = task.config.store;
  const bool planned = !comm::on_rank_0(group, [&] {
                          make_directories(directory, Readers::group);
                          return std::string(store::is_planned(directory) ? "yes" : "");
                        }).empty();
  std::vector<int64_t> sizes;
  if (!planned) sizes = file_sizes(task.catalog, group, sink);
  const auto plan = unpacked(comm::on_rank_0(group, [&] {
    if (!planned) {
      store::publish_plan(
          directory, make_plan(task.catalog, sizes, task.audio, task.features, task.config.shard_mb, group.size()));
    }
    const store::StorePlan settled = store::read_plan(directory);
    require_same(settled, feature_json(task.audio, task.features), task.catalog.hash(), directory);
    return packed({settled.feature_json, settled.catalog_hash, settled.first_row});
  }));
  return {plan[0], plan[1], plan[2]};
}

}  // namespace foldwave::preparation
