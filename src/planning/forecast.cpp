// How long a plan will take, from what its trials were measured to cost.
#include <algorithm>
#include <numeric>

#include "foldwave/core/files.h"
#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

// Ranks of a group do not divide the time quite by their number.
constexpr double kGroupEfficiency = 0.9;
constexpr double kHandOut_s = 1e-4;
constexpr int kFilesOfATrial = 5;  // metrics.csv, its events, final.safetensors, oof.h5, test.h5

double seconds_of(const TrialWork& work, const Cost& cost, int ranks) {
  const double whole_epochs_s = (work.epochs - work.head_epochs) * work.train_songs / cost.train_songs_per_s;
  const double head_epochs_s = work.head_epochs > 0 ? work.head_epochs * work.train_songs / cost.head_songs_per_s : 0.0;
  const double asked_songs = (work.epochs + 1) * work.valid_songs + work.test_songs;
  const double alone_s = cost.setup_s + whole_epochs_s + head_epochs_s + asked_songs / cost.asked_songs_per_s;
  return ranks > 1 ? alone_s / (ranks * kGroupEfficiency) : alone_s;
}

// Two are kept, each with the weights, the optimiser's moments and what train.select keeps beside them.
int weights_in_checkpoints(const Settings& settings) {
  const int moments = settings.text("train.optimiser") == "sgd" ? 1 : 2;
  return 2 * (1 + moments + (settings.text("train.select") == "last" ? 0 : 1));
}

}  // namespace

std::string cost_key(const TrialSpec& trial) {
  static const std::vector<std::string> deciding{
      "train.batch",       "train.crop_frames",  "train.precision",      "train.accumulate",
      "train.threads",     "train.select",       "train.sync_batchnorm", "model.hidden",
      "model.summary",     "model.descriptors",  "model.window_s",       "model.landmarks",
      "model.hidden_norm", "model.cnn_channels", "predict.crops",        "predict.augmented_passes"};
  std::string values = trial.settings.identity({"augment." + trial.augment});
  for (const std::string& key : deciding) values += key + " = " + trial.settings.text(key) + "\n";
  if (trial.settings.integer("train.head_epochs") > 0) values += "the classifier first\n";
  if (trial.settings.real("train.body_lr") == 0) values += "the classifier alone\n";
  return trial.model + " " + fingerprint(values).substr(0, 8);
}

Footprint footprint_of(const std::vector<TrialSpec>& trials, const std::vector<double>& weights_mib,
                       const Layout& layout) {
  Footprint sum;
  for (size_t i = 0; i < trials.size(); ++i)
    sum.mib += (i < layout.groups.size() ? 1 + weights_in_checkpoints(trials[i].settings) : 1) * weights_mib[i];
  sum.files = kFilesOfATrial * static_cast<int>(weights_mib.size());
  return sum;
}

std::optional<Forecast> forecast(const std::vector<TrialSpec>& trials, const std::vector<TrialWork>& work,
                                 const CostTable& costs, const Layout& layout) {
  Forecast sum;
  std::vector<double> seconds, weights_mib;
  for (size_t i = 0; i < trials.size(); ++i) {
    const auto cost = costs.find(cost_key(trials[i]));
    if (cost == costs.end()) return std::nullopt;
    seconds.push_back(seconds_of(work[i], cost->second, layout.ranks_of[i]));
    sum.rank_hours += seconds.back() * layout.ranks_of[i] / 3600;
    weights_mib.push_back(cost->second.weights_mib);
    sum.memory_mib_per_rank = std::max(sum.memory_mib_per_rank, cost->second.memory_mib);
  }
  sum.footprint = footprint_of(trials, weights_mib, layout);
  sum.wall_s = simulate(seconds, layout, kHandOut_s).makespan_s;
  return sum;
}

}  // namespace foldwave::planning
