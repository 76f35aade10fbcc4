// From a config to the trials that it means, and how they are spread over ranks. Pure: reads no file, starts nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::planning {

// The grid itself is layout: it may grow in a run directory, for each trial's identity holds its own point of it.
void declare_options(OptionRegistry& registry);  // grid.*, run.ranks_per_trial

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
  std::string identity{};          // of what decides its outcome beside the settings: the weights that it starts from
};
// data_identity: of the catalogue and the folds. Trials in config order: backbone, augmentation, axes, seed, fold, and
// after the folds the fit on all rows: it goes with them, so there is none where folds.only leaves some of them out.
std::vector<TrialSpec> expand_grid(
    const Settings& settings, const std::vector<int>& folds, const std::string& data_identity,
    const std::function<ModelTraits(const std::string& model, const Settings& own)>& traits_of);

// Numbers of the trials, the most expensive first, ties in config order.
std::vector<int> biggest_first(const std::vector<TrialSpec>& trials,
                               const std::function<double(const TrialSpec&)>& cost);

// Which ranks train together. Groups are of one size, so that a trial's bytes do not depend on which group was free.
struct Layout {
  int ranks_per_trial = 1;
  std::vector<std::vector<int>> groups;  // world ranks; those left over train nothing
};
// ranks_per_trial 0: one rank while trials outnumber ranks, else the ranks spread over the trials.
Layout lay_out(int trials, int world_size, int ranks_per_trial);
int ranks_per_trial_setting(const Settings& settings);  // 0: auto

}  // namespace foldwave::planning
