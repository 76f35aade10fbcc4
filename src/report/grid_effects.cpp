#include "report/grid_effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "foldwave/core/trial_id.h"
#include "report/grid_point.h"
#include "report/natural_order.h"
#include "report/spread.h"

namespace foldwave::report {
namespace {

constexpr const char *kBackbone = "backbone", *kAugment = "augment", *kSeed = "seed", *kFold = "fold";

using Place = std::map<std::string, std::string>;  // axis -> level, the fold among them

struct Scored {
  Place place;
  double f1 = 0;
};

Place place_of(const std::string& trial_id) {
  const GridPoint point = grid_point(trial_id);
  Place place{{kBackbone, point.backbone}, {kAugment, point.augment}, {kSeed, point.seed}, {kFold, point.fold}};
  for (const auto& [key, value] : point.axes) place[key] = value;
  return place;
}

std::vector<Scored> scored_trials(const journal::RunRecord& record) {
  std::vector<Scored> all;
  for (const auto& [id, trial] : record.trials)
    if (trial.state == journal::TrialState::finished && !TrialId::parse(id).is_refit() &&
        std::isfinite(trial.valid_macro_f1))
      all.push_back({place_of(id), trial.valid_macro_f1});
  return all;
}

using Levels = std::map<std::string, double>;  // level -> F1

// Trials that differ in `axis` alone, by what they share.
std::vector<Levels> matched(const std::vector<Scored>& trials, const std::string& axis,
                            const std::set<std::string>& without_augmentation) {
  std::set<std::string> augments;
  for (const Scored& trial : trials) augments.insert(trial.place.at(kAugment));
  std::map<Place, Levels> by_rest;
  for (const Scored& trial : trials) {
    const auto found = trial.place.find(axis);
    if (found == trial.place.end()) continue;
    const std::string level = found->second;
    Place rest = trial.place;
    rest.erase(axis);
    const bool under_each = axis == kBackbone && without_augmentation.contains(level);
    for (const std::string& augment : under_each ? augments : std::set<std::string>{trial.place.at(kAugment)}) {
      if (axis != kAugment) rest[kAugment] = augment;
      by_rest[rest][level] = trial.f1;
    }
  }
  std::vector<Levels> groups;
  for (auto& [rest, levels] : by_rest)
    if (levels.size() > 1) groups.push_back(std::move(levels));
  return groups;
}

std::vector<std::string> levels_of(const std::vector<Scored>& trials, const std::string& axis) {
  std::set<std::string> distinct;
  for (const Scored& trial : trials)
    if (const auto found = trial.place.find(axis); found != trial.place.end() && !found->second.empty())
      distinct.insert(found->second);
  std::vector<std::string> levels(distinct.begin(), distinct.end());
  std::sort(levels.begin(), levels.end(), natural_order);
  return levels;
}

std::string reference_of(const std::vector<std::string>& levels, const std::vector<Levels>& groups) {
  const auto rank = [&](const std::string& level) {
    return std::pair(
        std::count_if(groups.begin(), groups.end(), [&](const Levels& group) { return group.contains(level); }),
        level == "none");
  };
  return *std::max_element(levels.begin(), levels.end(),
                           [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
}

LevelEffect effect_of(const std::string& level, const std::string& axis, const std::string& reference,
                      const std::vector<Levels>& groups, const std::vector<Scored>& trials) {
  LevelEffect effect{.level = level, .difference = {}};
  for (const Levels& group : groups)
    if (group.contains(level) && group.contains(reference))
      effect.difference.push_back(group.at(level) - group.at(reference));
  for (const Scored& trial : trials) {
    const auto found = trial.place.find(axis);
    if (found == trial.place.end() || found->second != level) continue;
    effect.mean_f1 += trial.f1;
    ++effect.trials;
  }
  effect.mean_f1 = effect.trials ? effect.mean_f1 / effect.trials : std::nan("");
  return effect;
}

}  // namespace

double LevelEffect::mean() const {
  return difference.empty()
             ? std::nan("")
             : std::accumulate(difference.begin(), difference.end(), 0.0) / static_cast<double>(difference.size());
}

double LevelEffect::standard_deviation() const { return report::standard_deviation(difference); }

int LevelEffect::equal() const { return static_cast<int>(std::count(difference.begin(), difference.end(), 0.0)); }

std::string better_of(const LevelEffect& level) {
  const std::string text = fmt::format("{} of {}", level.better(), level.difference.size());
  return level.equal() > 0 ? fmt::format("{}, {} equal", text, level.equal()) : text;
}

int LevelEffect::better() const {
  return static_cast<int>(std::count_if(difference.begin(), difference.end(), [](double d) { return d > 0; }));
}

std::vector<AxisEffect> grid_effects(const journal::RunRecord& record,
                                     const std::set<std::string>& without_augmentation) {
  const std::vector<Scored> trials = scored_trials(record);
  std::vector<std::string> axes{kBackbone, kAugment};
  std::set<std::string> keys;
  for (const Scored& trial : trials)
    for (const auto& [axis, level] : trial.place) keys.insert(axis);
  for (const std::string& key : keys)
    if (key != kBackbone && key != kAugment && key != kSeed && key != kFold) axes.push_back(key);
  axes.emplace_back(kSeed);
  std::vector<AxisEffect> effects;
  for (const std::string& axis : axes) {
    const std::vector<std::string> levels = levels_of(trials, axis);
    if (levels.size() < 2) continue;
    const std::vector<Levels> groups = matched(trials, axis, without_augmentation);
    AxisEffect& effect = effects.emplace_back(AxisEffect{axis, reference_of(levels, groups), {}});
    for (const std::string& level : levels)
      if (level != effect.reference) effect.level.push_back(effect_of(level, axis, effect.reference, groups, trials));
  }
  return effects;
}

}  // namespace foldwave::report
