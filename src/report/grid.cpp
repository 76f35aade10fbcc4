#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/grid_effects.h"
#include "report/name_axis.h"
#include "report/round_step.h"
#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

std::string difference(double value) { return std::isfinite(value) ? fmt::format("{:+.3f}", value) : "-"; }

// One row a level: its pairs as circles, their mean with one standard deviation as a dot with a bar.
Chart chart_of(const std::string& id, const AxisEffect& effect) {
  DataBlock pair{"pair", {}}, mean{"mean", {}};
  std::vector<std::string> names;
  double widest = 0.02;
  for (size_t i = 0; i < effect.level.size(); ++i) {
    const LevelEffect& level = effect.level[i];
    names.push_back(shortened(level.level, 24));
    const double spread = std::isfinite(level.standard_deviation()) ? level.standard_deviation() : 0;
    mean.rows.push_back({std::to_string(i), std::isfinite(level.mean()) ? fmt::format("{}", level.mean()) : "NaN",
                         fmt::format("{}", spread), names.back()});
    for (const double d : level.difference) {
      pair.rows.push_back({fmt::format("{}", static_cast<double>(i) + 0.24), fmt::format("{}", d)});
      widest = std::max(widest, std::abs(d));
    }
    if (std::isfinite(level.mean())) widest = std::max(widest, std::abs(level.mean()) + spread);
  }
  if (pair.rows.empty()) pair.rows.push_back({"NaN", "NaN"});
  Chart chart{.id = id,
              .description = "Difference in validation macro F1 of each level of " + effect.axis + " from " +
                             effect.reference + ", pair by pair, and the mean with one standard deviation",
              .height = 62 + 36 * static_cast<int>(effect.level.size()),
              .data = {pair, mean},
              .commands = ""};
  chart.commands = fmt::format("set yrange [{}:-0.6]\nset xrange [{}:{}]\nset xtics {}\n",
                               static_cast<double>(effect.level.size()) - 0.45, -1.08 * widest, 1.08 * widest,
                               round_step(widest / 3)) +
                   left_margin(names, chart.width) + R"(
set rmargin at screen 0.96
unset key
set grid xtics lc rgb grid lt 1 lw 1
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb muted lw 1
set xlabel "difference in macro F1" offset 0,0.4 tc rgb muted
set xtics format "%+.2g" tc rgb muted
plot $pair using 2:1 with points pt 6 ps 0.42 lc rgb muted, \
     $mean using 2:1:3:ytic(4) with xerrorbars pt 7 ps 0.9 lw 2 lc rgb first
)";
  return chart;
}

Html table_of(const AxisEffect& effect) {
  std::vector<std::vector<Html>> rows;
  for (const LevelEffect& level : effect.level) {
    const auto pairs = static_cast<long>(level.difference.size());
    rows.push_back({breakable(level.level), keyed(level.mean(), difference(level.mean())),
                    keyed(level.standard_deviation(), f1(level.standard_deviation())),
                    escaped(pairs ? better_of(level) : "no pair"), keyed(level.mean_f1, f1(level.mean_f1))});
  }
  return table({{effect.axis, false, true}, {"mean", true}, {"s.d.", true}, {"better in", true}, {"its F1", true}},
               rows, Rows::sortable);
}

Html sentence_of(const AxisEffect& effect) {
  Html html = "Against <b>"_html + breakable(effect.reference) + "</b>: "_html;
  bool first = true;
  for (const LevelEffect& level : effect.level) {
    const auto pairs = static_cast<long>(level.difference.size());
    html += (first ? ""_html : "; "_html) + breakable(level.level) + " "_html +
            escaped(pairs == 0 ? "never ran with all else equal"
                               : fmt::format("{}{} over {}", difference(level.mean()),
                                             pairs > 1 ? fmt::format(" ± {}", f1(level.standard_deviation())) : "",
                                             counted(pairs, "pair")));
    first = false;
  }
  return html + "."_html;
}

}  // namespace

Html grid_section(const ReportInput& input, Pictures& pictures) {
  if (input.record.trials.empty()) return {};
  const std::vector<AxisEffect> effects = grid_effects(input.record, input.without_augmentation);
  Html figures, without_pairs;
  int number = 0;
  for (const AxisEffect& effect : effects) {
    const bool compares = std::any_of(effect.level.begin(), effect.level.end(),
                                      [](const LevelEffect& level) { return !level.difference.empty(); });
    if (compares)
      figures += pictures.figure(chart_of("grid-" + std::to_string(number++), effect), effect.axis, sentence_of(effect),
                                 table_of(effect), effect.level.size() <= 4);
    else
      without_pairs += "<p class=\"note apart\"><b>"_html + breakable(effect.axis) +
                       "</b>: no two finished trials of a fold differ in it alone.</p>\n"_html;
  }
  const Html lead =
      number == 0
          ? "No two finished trials of a fold differ in one axis of the grid alone: there is nothing to compare."_html
          : "Each circle is a pair of trials of the same fold that differ in this axis alone: the difference in validation macro F1, 0 to 1. The dot is their mean, the bar one standard deviation of the pairs, which share folds and so are not independent."_html;
  return section("grid", "What the grid says", lead,
                 (number ? "<div class=\"figures\">"_html + figures + "</div>\n"_html : Html{}) + without_pairs);
}

}  // namespace foldwave::report
