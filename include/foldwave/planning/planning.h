// From a config to the trials that it means, and how they are spread over ranks. Pure: reads no file, starts nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::planning {

// The grid itself is layout: it may grow in a run directory, for each trial's identity holds its own point of it.
void declare_options(OptionRegistry& registry);  // grid.*, run.ranks_per_trial, run.seed

struct GridConfig {
  std::vector<std::string> backbones, augments;
  std::vector<int64_t> seeds;
};
GridConfig grid_config(const Settings& settings);

// One network to be trained: a point of the grid, a seed, a fold or all rows.
struct TrialSpec {
  std::string model, augment;
  std::string name;  // "<model>+<augment>[+key=value]": what is stacked as one model over folds
  int64_t seed = 1;
  int fold = 0;          // or catalog::kAllRows: beside the folds, where train.refit_all asks for it
  std::string id;        // "<name>/seed-<s>/fold-<k>", or ".../fold-all"; its directory below RUN/trials
  std::string identity;  // fingerprint of everything that decides its outcome
  Settings settings;     // with the backbone's overrides and the grid's values
};

// What the grid must know of a model.
struct ModelTraits {
  bool takes_augmentation = true;  // if not, for it sees only a summary, it is trained once, with "none"
  bool in_epochs = true;           // if not, it is fitted in one go: train.epochs is 1, whatever is given
  // Of what decides its outcome beside the settings: the weights that it starts from.
  std::function<std::string(const Settings& own)> identity = [](const Settings&) { return std::string(); };
  std::function<bool(const std::string& key)> reads = [](const std::string&) { return true; };  // else no axis of its
};
// data_identity: of the catalogue and the folds. Trials in config order: backbone, augmentation, axes, seed, fold, and
// after the folds the fit on all rows: it goes with them, so there is none where folds.only leaves some of them out.
std::vector<TrialSpec> expand_grid(
    const Settings& settings, const std::vector<int>& folds, const std::string& data_identity,
    const std::function<ModelTraits(const std::string& model, const Settings& own)>& traits_of);

struct HalvingConfig {
  std::vector<int> rungs;  // epochs, ascending; none: every trial to its end
  double keep = 0.5;       // share of the points
};
void declare_halving_options(OptionRegistry& registry);  // grid.search, .rungs, .keep; declare_options does
HalvingConfig halving_config(const Settings& settings);
// Names of the best, at least one of some: scores [candidates] in config order, which breaks ties; NaN is the worst.
std::vector<std::string> keep_best(const std::vector<std::pair<std::string, double>>& scores, double share);

// Numbers of the trials, the most expensive first, ties in config order.
std::vector<int> biggest_first(const std::vector<TrialSpec>& trials,
                               const std::function<double(const TrialSpec&)>& cost);

// What a trial asks for.
struct Demand {
  double cost = 1;     // relative to the others
  int most_ranks = 1;  // more have nothing to do: songs of a step, or 1 for what is fitted in one go
};

// Which ranks train together, and on how many of them each trial is trained.
struct Layout {
  std::vector<std::vector<int>> groups;  // world ranks, ascending; those in none train nothing
  std::vector<int> ranks_of;             // [trials]: a trial goes to groups of its size alone, so that its bytes
                                         // do not depend on which was free
};
// node_of: [world size] number of the node that a rank is on. ranks_per_trial 0: one rank each while trials are at
// least as many as ranks; else every trial has a group, the larger the more it costs, up to a node and then whole
// nodes.
Layout lay_out(const std::vector<Demand>& trials, const std::vector<int>& node_of, int ranks_per_trial);
bool may_have(const Layout& layout, int trial, int group);  // the group is of the trial's size

// When all trials would be done, given how long each takes on its group: handed out in their order to whichever group
// of their size is free, by one coordinator that needs hand_out_s for each.
struct Schedule {
  double makespan_s = 0;
  double busy = 0;  // share of the grouped ranks' time that is training
};
Schedule simulate(const std::vector<double>& seconds, const Layout& layout, double hand_out_s);

// What trials of one kind were measured to cost on one rank of one kind of node.
struct Cost {
  double setup_s = 0;            // before the first step
  double train_songs_per_s = 0;  // of training steps
  double head_songs_per_s = 0;   // of those in which the classifier alone learns; 0: there are none
  double asked_songs_per_s = 0;  // in validation and prediction, all crops of a song
  double memory_mib = 0;         // anonymous memory of a rank
  double weights_mib = 0;        // of a network
};
using CostTable = std::map<std::string, Cost>;  // by cost_key
std::string cost_key(const TrialSpec& trial);   // the model, its augmentation and what else decides how fast it is

struct TrialWork {
  int epochs = 0, head_epochs = 0;  // still to do; the latter of the former: the classifier alone learns
  double train_songs = 0, valid_songs = 0, test_songs = 0;
};
// That trials/ grows to.
struct Footprint {
  double mib = 0;  // with the checkpoints of those under way
  int files = 0;   // at the end
};
// weights_mib: [trials] of each one's network.
Footprint footprint_of(const std::vector<TrialSpec>& trials, const std::vector<double>& weights_mib,
                       const Layout& layout);

struct Forecast {
  double wall_s = 0, rank_hours = 0, memory_mib_per_rank = 0;
  Footprint footprint;
};
// Of the trials still to do, in the order of handing out; nothing where the cost of one is unknown.
std::optional<Forecast> forecast(const std::vector<TrialSpec>& trials, const std::vector<TrialWork>& work,
                                 const CostTable& costs, const Layout& layout);

int ranks_per_trial_setting(const Settings& settings);  // 0: auto

}  // namespace foldwave::planning
