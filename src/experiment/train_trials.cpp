#include <algorithm>
#include <optional>

#include "experiment/chronicle.h"
#include "experiment/trial_group.h"
#include "foldwave/comm/fail_together.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"

namespace foldwave::experiment {
namespace {

using planning::TrialSpec;

constexpr int kLeadersTag = 1, kGroupTag = 2;

int group_of(const planning::Layout& layout, int rank) {  // -1: none
  for (size_t i = 0; i < layout.groups.size(); ++i)
    if (std::find(layout.groups[i].begin(), layout.groups[i].end(), rank) != layout.groups[i].end())
      return static_cast<int>(i);
  return -1;
}

// Collective over the world: groups that cannot be formed end the command on all ranks, before any of them waits for
// work.
std::unique_ptr<TrialGroup> form_group(const Experiment& experiment, const std::vector<TrialSpec>& trials,
                                       const planning::Layout& layout, int until_epoch, int mine) {
  const comm::Group& world = experiment.world.all();
  std::unique_ptr<TrialGroup> group;
  std::exception_ptr failure;
  if (mine >= 0) try {
      const std::vector<int>& members = layout.groups[static_cast<size_t>(mine)];
      group = std::make_unique<TrialGroup>(experiment, trials, until_epoch,
                                           experiment.world.group(members, kGroupTag + mine));
    } catch (const comm::GroupLost& lost) {
      end_for_lost_group(experiment, lost.what());
    } catch (...) {
      failure = std::current_exception();
    }
  comm::fail_together(world, failure);
  return group;
}

std::vector<int> leaders_of(const planning::Layout& layout) {
  std::vector<int> leaders;
  for (const auto& group : layout.groups) leaders.push_back(group.front());
  return leaders;
}

void lead_group(const Experiment& experiment, const std::vector<TrialSpec>& trials, TrialGroup& group,
                const comm::Group& leaders, const planning::Layout& layout, int until_epoch) {
  comm::SharedWork shared;
  shared.may_have = [&](int item, int leader) { return planning::may_have(layout, item, leader); };
  shared.work = [&](int item, const TrialGroup::Say& say) { return group.lead(item, say); };
  std::optional<Chronicle> chronicle;
  if (experiment.world.rank() == 0) {
    chronicle.emplace(experiment, trials, layout, until_epoch);
    shared.on_start = [&](int item, int leader) { chronicle->started(item, leader); };
    shared.on_news = [&](int item, int, const std::string& news) { chronicle->news(item, news); };
    shared.on_outcome = [&](int item, int leader, const std::string& outcome) {
      chronicle->ended(item, leader, outcome);
    };
  }
  try {
    const int total = static_cast<int>(trials.size());
    if (comm::share_work(leaders, total, shared) < total) StopFlag::raise();  // some rank was told to stop
    if (chronicle && chronicle->postponed()) StopFlag::raise();
  } catch (...) {
    group.dismiss();
    throw;
  }
  group.dismiss();
}

}  // namespace

std::filesystem::path trial_directory(const std::filesystem::path& run_directory, const std::string& trial_id) {
  return run_directory / "trials" / trial_id;
}

void train_trials(const Experiment& experiment, const std::vector<TrialSpec>& trials, const planning::Layout& layout,
                  int until_epoch) {
  const comm::Group& world = experiment.world.all();
  const int rank = world.rank();
  const int mine = group_of(layout, rank);
  const auto group = form_group(experiment, trials, layout, until_epoch, mine);
  std::exception_ptr error;  // rank 0 has it too, for what ends one leader's work ends all leaders'
  try {
    if (group && rank == layout.groups[static_cast<size_t>(mine)].front())
      lead_group(experiment, trials, *group, experiment.world.group(leaders_of(layout), kLeadersTag), layout,
                 until_epoch);
    else if (group)
      group->follow();
  } catch (...) {
    error = std::current_exception();
  }
  comm::on_rank_0(world, [&] {
    if (error) std::rethrow_exception(error);
    if (StopFlag::raised()) throw Stopped("stopped while training; every trial under way was checkpointed");
    return std::string();
  });
}

}  // namespace foldwave::experiment
