#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/figure.h"
#include "report/sections.h"
#include "report/series.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using Epochs = std::vector<EpochRow>;
using Curves = std::vector<std::pair<std::string, const Epochs*>>;  // fold name, its epochs

struct Quantity {
  const char *word, *title, *axis_end;
  double EpochRow::*train, EpochRow::*valid;
};
constexpr Quantity loss{"loss", "Loss: cross-entropy, nats", "*", &EpochRow::train_loss, &EpochRow::valid_loss};
constexpr Quantity macro_f1{"f1", "Macro F1", "1", &EpochRow::train_macro_f1, &EpochRow::valid_macro_f1};

std::string field(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

Curves folds_of(const Curves& curves) {
  Curves folds;
  for (const auto& curve : curves)
    if (!is_refit(curve.first)) folds.push_back(curve);
  return folds;
}

// Over the folds that have got to an epoch, as long as all have.
std::vector<std::vector<std::string>> mean_rows(const Curves& curves, const Quantity& quantity) {
  std::vector<std::vector<std::string>> rows;
  for (size_t e = 0;; ++e) {
    double train = 0, valid = 0;
    for (const auto& [fold, epochs] : curves) {
      if (e >= epochs->size()) return rows;
      train += (*epochs)[e].*quantity.train / static_cast<double>(curves.size());
      valid += (*epochs)[e].*quantity.valid / static_cast<double>(curves.size());
    }
    rows.push_back({std::to_string((*curves.front().second)[e].epoch), field(train), field(valid)});
  }
}

Chart chart_of(const std::string& id, const Curves& curves, const Quantity& quantity) {
  DataBlock fold{"fold", {}}, mean{"mean", mean_rows(curves, quantity)};
  int last = 0;
  for (const auto& [name, epochs] : curves) {
    last = std::max(last, epochs->back().epoch);
    for (const EpochRow& row : *epochs)
      fold.rows.push_back({std::to_string(row.epoch), field(row.*quantity.train), field(row.*quantity.valid)});
    fold.rows.push_back({});
  }
  if (mean.rows.empty()) mean.rows.push_back({"NaN", "NaN", "NaN"});
  Chart chart{.id = id + "-" + quantity.word,
              .description = std::string(quantity.title) + ", by epoch, in training and validation",
              .height = 240,
              .data = {fold, mean},
              .commands = ""};
  chart.commands = fmt::format("set xrange [1:{}]\nset yrange [0:{}]\n", std::max(last, 2), quantity.axis_end) + R"(
set xlabel "epoch" offset 0,0.4 tc rgb muted
set xtics tc rgb muted
set ytics tc rgb muted
set grid ytics lc rgb grid lt 1 lw 1
set rmargin at screen 0.97
set lmargin at screen 0.09
set key top outside horizontal center samplen 1.4
plot $fold using 1:2 with lines lw 1 lc rgb "#A6010207" notitle, \
     $fold using 1:3 with lines lw 1 lc rgb "#A6010206" notitle, \
     $mean using 1:2 with linespoints pt 7 ps 0.3 lw 2.4 lc rgb second title "training", \
     $mean using 1:3 with linespoints pt 7 ps 0.3 lw 2.4 lc rgb first title "validation"
)";
  return chart;
}

Html table_of(const Curves& curves, const Quantity& quantity) {
  std::vector<std::vector<Html>> rows;
  for (const auto& [fold, epochs] : curves)
    for (const EpochRow& row : *epochs)
      rows.push_back({escaped(fold), escaped(std::to_string(row.epoch)), escaped(f1(row.*quantity.train)),
                      escaped(f1(row.*quantity.valid)), escaped(fmt::format("{:.2e}", row.lr)),
                      escaped(duration(row.seconds))});
  return table(
      {{"fold"}, {"epoch", true}, {"training", true}, {"validation", true}, {"learning rate", true}, {"took", true}},
      rows);
}

std::map<std::string, Curves> by_series(const std::map<std::string, Epochs>& all) {
  std::map<std::string, Curves> series;
  for (const auto& [trial, epochs] : all)
    if (!epochs.empty()) series[trial.substr(0, trial.rfind('/'))].emplace_back(fold_of(trial), &epochs);
  // A fit on all rows has no validation to hold its training against, a model that is fitted in one go no course: alone
  // they make no picture.
  std::erase_if(series, [](const auto& entry) {
    const Curves folds = folds_of(entry.second);
    return std::none_of(folds.begin(), folds.end(), [](const auto& curve) { return curve.second->size() > 1; });
  });
  return series;
}

}  // namespace

Html learning_section(const ReportInput& input) {
  const std::map<std::string, Curves> series = by_series(input.epochs);
  if (series.empty()) return {};
  Html body;
  int number = 0;
  for (const auto& [name, curves] : series) {
    const std::string id = "learning-" + std::to_string(number++);
    body += "<h3 class=\"series\">"_html + breakable(name) + "</h3>\n<div class=\"figures\">"_html;
    for (const Quantity& quantity : {loss, macro_f1})
      body +=
          figure(chart_of(id, folds_of(curves), quantity), quantity.title,
                 "Each epoch; thin lines are the folds, the thick ones their mean."_html, table_of(curves, quantity));
    body += "</div>\n"_html;
  }
  return section(
      "learning", "Learning",
      "Where the validation line turns away from the training line, a model is learning its songs by heart."_html,
      body);
}

}  // namespace foldwave::report
