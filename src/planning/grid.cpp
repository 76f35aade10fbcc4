#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <set>

#include "foldwave/catalog/folds.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/trial_id.h"
#include "foldwave/planning/planning.h"
#include "planning/exclusions.h"

namespace foldwave::planning {
namespace {

std::vector<std::string> required_list(const Settings& settings, const std::string& key) {
  const std::vector<std::string> items = settings.list(key);
  if (items.empty()) throw InputError(settings.where(key) + " is empty; it needs at least one");
  const std::set<std::string> distinct(items.begin(), items.end());
  if (distinct.size() != items.size())
    throw InputError(fmt::format("{} = '{}' names one twice", settings.where(key), settings.text(key)));
  return items;
}

std::vector<AxisValues> combinations(const Settings& settings) {
  std::vector<AxisValues> all{{}};
  for (const auto& [key, values] : settings.grid_axes()) {
    if (values.empty()) throw InputError(fmt::format("the grid's list for {} is empty", key));
    std::vector<AxisValues> longer;
    for (const AxisValues& before : all) {
      for (const std::string& value : values) {
        longer.push_back(before);
        longer.back().emplace_back(key, value);
      }
    }
    all = std::move(longer);
  }
  return all;
}

// The name is a directory: keys without their section, no separator inside a value.
std::string name_of(const std::string& model, const std::string& augment, const AxisValues& axes) {
  std::string name = model + "+" + augment;
  for (const auto& [key, value] : axes) name += fmt::format("+{}={}", key.substr(key.find('.') + 1), value);
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

std::vector<int> with_refit(std::vector<int> folds, const Settings& own) {
  if (own.flag("train.refit_all") && own.list("folds.only").empty()) folds.push_back(catalog::kAllRows);
  return folds;
}

// Models that are fitted in one go may be alike along an axis of epochs, which they do not have.
void refuse_twins(const std::vector<TrialSpec>& trials, const std::set<std::string>& fitted_in_one_go) {
  std::set<std::string> ids;
  std::map<std::string, std::string> by_identity;
  for (const TrialSpec& trial : trials) {
    if (!ids.insert(trial.id).second)
      throw InputError(fmt::format("the grid holds trial {} twice: some value stands in it twice", trial.id));
    if (fitted_in_one_go.contains(trial.model)) continue;
    const auto [first, is_new] = by_identity.emplace(trial.identity, trial.id);
    if (!is_new)
      throw InputError(
          fmt::format("the grid holds one trial under two names, {} and {}: what tells them apart changes "
                      "nothing in the outcome",
                      first->second, trial.id));
  }
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  registry.add({.key = "grid.backbones",
                .default_value = "mfcc_mlp,resnet18",
                .help = "models to train",
                .list = true,
                .effect = Effect::layout});
  registry.add({.key = "grid.augments",
                .default_value = "none",
                .help = "names of [augment.NAME] sections, or none",
                .list = true,
                .effect = Effect::layout});
  registry.add({.key = "grid.seeds",
                .default_value = "",
                .help = "each trial once per seed; empty: run.seed",
                .kind = ValueKind::integer,
                .min = 0,
                .max = 4294967295.0,
                .list = true,
                .effect = Effect::layout});
  declare_halving_options(registry);
  registry.add({.key = "grid.exclude",
                .default_value = "",
                .help = "combinations that are not trained: parts of a trial's name joined by '+', such as "
                        "resnet50+masks, convnext_tiny+lr=0.01 or mfcc_mlp+seed=2",
                .list = true,
                .effect = Effect::layout});
  registry.add({.key = "run.seed",
                .default_value = "1",
                .help = "what grid.seeds and folds.seed are where they are not given",
                .kind = ValueKind::integer,
                .min = 0,
                .max = 4294967295.0});
  registry.add({.key = "run.ranks_per_trial",
                .default_value = "auto",
                .help = "ranks that train one trial together, or auto: one while trials outnumber ranks",
                .effect = Effect::layout});
  registry.usual({"grid.backbones", "grid.augments", "grid.seeds"});
}

GridConfig grid_config(const Settings& settings) {
  GridConfig config{required_list(settings, "grid.backbones"), required_list(settings, "grid.augments"), {}};
  if (settings.list("grid.seeds").empty()) return {config.backbones, config.augments, {settings.integer("run.seed")}};
  for (const std::string& seed : required_list(settings, "grid.seeds")) config.seeds.push_back(std::stoll(seed));
  return config;
}

constexpr size_t longest_name = 255;  // bytes

std::vector<TrialSpec> expand_grid(
    const Settings& settings, const std::vector<int>& folds, const std::string& data_identity,
    const std::function<ModelTraits(const std::string& model, const Settings& own)>& traits_of) {
  const GridConfig grid = grid_config(settings);
  const Exclusions exclusions(settings);
  std::vector<TrialSpec> trials;
  std::set<std::string> fitted_in_one_go;
  for (const std::string& model : grid.backbones) {
    const std::vector<std::string> none{"none"};
    const Settings of_model = settings.for_backbone(model);
    for (const std::string& augment : traits_of(model, of_model).takes_augmentation ? grid.augments : none) {
      std::set<AxisValues> made;
      for (const AxisValues& given : combinations(settings)) {
        Settings own = of_model;
        for (const auto& [key, value] : given) own.set(key, value, settings.where("grid." + key));
        const ModelTraits traits = traits_of(model, own);
        AxisValues axes;  // that it reads
        for (const auto& [key, value] : given)
          if (traits.reads(key))
            axes.emplace_back(key, value);
          else
            own.set(key, of_model.text(key), of_model.where(key));
        if (axes.size() < given.size() && !made.insert(axes).second) continue;
        if (!traits.in_epochs) {
          own.set("train.epochs", "1", "a model that is fitted in one go");
          own.set("train.head_epochs", "0", "a model that is fitted in one go");
          fitted_in_one_go.insert(model);
        }
        const std::string shared =
            fmt::format("{}\n{}\n{}\n{}{}", model, augment, own.identity(sections_of_trial(augment)), data_identity,
                        traits.identity(own));
        const std::string name = name_of(model, augment, axes);
        if (name.size() > longest_name)
          throw InputError(fmt::format("trial {}: its folder's name would have {} bytes; a file system takes {}", name,
                                       name.size(), longest_name));
        for (const int64_t seed : grid.seeds) {
          if (exclusions.leaves_out({model, augment, axes, seed})) continue;
          for (const int fold : with_refit(folds, own)) {
            const std::string id = TrialId{name, std::to_string(seed), catalog::fold_name(fold)}.text();
            trials.push_back(
                {model, augment, name, seed, fold, id, fingerprint(fmt::format("{}\n{} {}", shared, seed, fold)), own});
          }
          if (!traits.reads("run.seed")) break;
        }
      }
    }
  }
  if (trials.empty()) throw InputError(settings.where("grid.exclude") + " leaves nothing of the grid");
  refuse_twins(trials, fitted_in_one_go);
  return trials;
}

std::vector<int> biggest_first(const std::vector<TrialSpec>& trials,
                               const std::function<double(const TrialSpec&)>& cost) {
  std::vector<double> costs;
  for (const TrialSpec& trial : trials) costs.push_back(cost(trial));
  std::vector<int> order(trials.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return costs[static_cast<size_t>(a)] > costs[static_cast<size_t>(b)]; });
  return order;
}

int ranks_per_trial_setting(const Settings& settings) {
  const std::string& text = settings.text("run.ranks_per_trial");
  if (text == "auto") return 0;
  int ranks = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ranks);
  if (error != std::errc() || end != text.data() + text.size() || ranks < 1)
    throw InputError(
        fmt::format("{} = '{}' is neither auto nor a number of ranks", settings.where("run.ranks_per_trial"), text));
  return ranks;
}

}  // namespace foldwave::planning
