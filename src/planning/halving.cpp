// Successive halving (Jamieson & Talwalkar 2016): all candidates train for a few epochs, the better ones for more.
#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/planning/planning.h"

namespace foldwave::planning {

void declare_halving_options(OptionRegistry& registry) {
  registry.add({.key = "grid.search",
                .default_value = "full",
                .help =
                    "full: every trial to its end; halving: all for the epochs of the first of grid.rungs, then the "
                    "better points of the grid for those of the next, and the last ones to their end",
                .choices = {"full", "halving"},
                .effect = Effect::layout});
  registry.add({.key = "grid.rungs",
                .default_value = "",
                .help = "epochs after which halving compares, ascending; empty: a quarter and a half of train.epochs",
                .kind = ValueKind::integer,
                .unit = "epochs",
                .min = 1,
                .max = 100000,
                .list = true,
                .effect = Effect::layout});
  registry.add(
      {.key = "grid.keep",
       .default_value = "0.5",
       .help = "share of the points that halving keeps at a rung, by mean validation macro F1 over folds and seeds",
       .kind = ValueKind::real,
       .min = 0.01,
       .max = 0.99,
       .effect = Effect::layout});
}

HalvingConfig halving_config(const Settings& settings) {
  HalvingConfig config;
  if (settings.text("grid.search") != "halving") return config;
  config.keep = settings.real("grid.keep");
  for (const std::string& rung : settings.list("grid.rungs")) config.rungs.push_back(std::stoi(rung));
  if (!std::is_sorted(config.rungs.begin(), config.rungs.end(), std::less_equal<>()))
    throw InputError(settings.where("grid.rungs") + " = '" + settings.text("grid.rungs") + "' does not ascend");
  if (!config.rungs.empty()) return config;
  const auto epochs = static_cast<int>(settings.integer("train.epochs"));
  for (const int rung : {epochs / 4, epochs / 2})
    if (rung > 0 && (config.rungs.empty() || rung > config.rungs.back())) config.rungs.push_back(rung);
  return config;
}

std::vector<std::string> keep_best(const std::vector<std::pair<std::string, double>>& scores, double share) {
  auto ranked = scores;
  const auto worth = [](double score) { return std::isnan(score) ? -1.0 : score; };
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](const auto& a, const auto& b) { return worth(a.second) > worth(b.second); });
  ranked.resize(static_cast<size_t>(std::ceil(share * static_cast<double>(scores.size()) - 1e-9)));
  std::vector<std::string> names;
  for (const auto& [name, score] : ranked) names.push_back(name);
  return names;
}

}  // namespace foldwave::planning
