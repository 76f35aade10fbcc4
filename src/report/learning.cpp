#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "foldwave/core/trial_id.h"
#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using Epochs = std::vector<EpochRow>;
using Curves = std::vector<std::pair<TrialId, const Epochs*>>;

// What keeps the page of a large grid small enough to open.
constexpr size_t most_points = 120;       // of a curve
constexpr size_t most_table_rows = 6000;  // of all tables together
constexpr size_t most_unfolded = 6;       // models whose curves are seen at once

struct Quantity {
  const char *word, *title, *axis_end;
  double EpochRow::*train, EpochRow::*valid;
};
constexpr Quantity loss{"loss", "Loss: cross-entropy, nats", "*", &EpochRow::train_loss, &EpochRow::valid_loss};
constexpr Quantity macro_f1{"f1", "Macro F1", "1", &EpochRow::train_macro_f1, &EpochRow::valid_macro_f1};

std::string field(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

// At most so many numbers of 0 .. size - 1, evenly, the last among them.
std::vector<size_t> spread_over(size_t size, size_t most) {
  std::vector<size_t> chosen;
  for (size_t i = 1; i <= std::min(size, most); ++i) chosen.push_back(size <= most ? i - 1 : i * size / most - 1);
  return chosen;
}

Curves folds_of(const Curves& curves) {
  Curves folds;
  for (const auto& curve : curves)
    if (!curve.first.is_refit()) folds.push_back(curve);
  return folds;
}

using Rows = std::vector<std::vector<std::string>>;

// Over the folds that have got to an epoch, as long as all have.
Rows mean_rows(const Curves& curves, const Quantity& quantity) {
  Rows rows;
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

Rows some_of(const Rows& rows) {
  Rows some;
  for (const size_t i : spread_over(rows.size(), most_points)) some.push_back(rows[i]);
  return some;
}

Chart chart_of(const std::string& id, const Curves& curves, const Quantity& quantity) {
  DataBlock fold{"fold", {}}, mean{"mean", some_of(mean_rows(curves, quantity))};
  int last = 0;
  for (const auto& [trial, epochs] : curves) {
    last = std::max(last, epochs->back().epoch);
    for (const size_t e : spread_over(epochs->size(), most_points)) {
      const EpochRow& row = (*epochs)[e];
      fold.rows.push_back({std::to_string(row.epoch), field(row.*quantity.train), field(row.*quantity.valid)});
    }
    fold.rows.push_back({});
  }
  const bool dotted = mean.rows.size() <= 12;  // more would run into one another
  if (mean.rows.empty()) mean.rows.push_back({"NaN", "NaN", "NaN"});
  Chart chart{.id = id + "-" + quantity.word,
              .description = std::string(quantity.title) + ", by epoch, in training and validation",
              .height = 240,
              .data = {fold, mean},
              .commands = ""};
  chart.commands = fmt::format(
                       "set xrange [1:{}]\nset yrange [0:{}]\nset label 1 '{}' at screen 0.025, graph 0.5 rotate "
                       "center tc rgb muted\n",
                       std::max(last, 2), quantity.axis_end, quantity.word == loss.word ? "loss (nats)" : "macro F1") +
                   fmt::format(R"(
set xlabel "epoch" offset 0,0.4 tc rgb muted
set xtics {1} tc rgb muted
set ytics tc rgb muted
set grid ytics lc rgb grid lt 1 lw 1
set rmargin at screen 0.97
set lmargin at screen 0.135
set key top outside horizontal center samplen 1.4
plot $fold using 1:2 with lines lw 1 lc rgb "#A6010207" notitle, \
     $fold using 1:3 with lines lw 1 lc rgb "#A6010206" notitle, \
     $mean using 1:2 with {0} lw 2.4 lc rgb second title "training", \
     $mean using 1:3 with {0} lw 2.4 lc rgb first title "validation"
)",
                               dotted ? "linespoints pt 7 ps 0.3" : "lines", last <= 10 ? "1" : "");
  return chart;
}

Html table_of(const Curves& curves, size_t most_rows) {
  std::vector<std::vector<Html>> rows;
  for (const auto& [trial, epochs] : curves)
    for (const size_t e : spread_over(epochs->size(), most_rows)) {
      const EpochRow& row = (*epochs)[e];
      rows.push_back({escaped(trial.fold), escaped(std::to_string(row.epoch)), escaped(f1(row.train_loss)),
                      escaped(f1(row.valid_loss)), escaped(f1(row.train_macro_f1)), escaped(f1(row.valid_macro_f1)),
                      escaped(fmt::format("{:.2e}", row.lr)), escaped(duration(row.seconds))});
    }
  return table({{"fold"},
                {"epoch", true},
                {"training loss", true},
                {"validation loss", true},
                {"training F1", true},
                {"validation F1", true},
                {"learning rate", true},
                {"took", true}},
               rows);
}

using BySeries = std::map<std::string, Curves>;

BySeries by_series(const std::map<std::string, Epochs>& all) {
  BySeries series;
  for (const auto& [name, epochs] : all) {
    const TrialId trial = TrialId::parse(name);
    if (!epochs.empty()) series[trial.series()].emplace_back(trial, &epochs);
  }
  return series;
}

// A fit on all rows has no validation to hold its training against, a model that is fitted in one go no course: alone
// they make no picture.
bool has_a_course(const Curves& curves) {
  const Curves folds = folds_of(curves);
  return std::any_of(folds.begin(), folds.end(), [](const auto& curve) { return curve.second->size() > 1; });
}

// Both quantities in one frame, with one table behind them.
Html figure_of(Pictures& pictures, const std::string& name, const std::string& id, const Curves& curves,
               size_t most_rows) {
  Html body = "<figure class=\"both\"><h3>"_html + breakable(shortened(name, 120)) + "</h3>\n<div class=\"pair\">"_html;
  for (const Quantity& quantity : {loss, macro_f1}) body += pictures.picture(chart_of(id, folds_of(curves), quantity));
  return body +
         "</div>\n<figcaption>Loss (cross-entropy, nats) and macro F1 (0 to 1) of each epoch; thin lines are the folds, the thick ones their mean.</figcaption>\n"_html +
         folded("Table", table_of(curves, most_rows)) + "</figure>\n"_html;
}

// Those without a course: a sentence on them.
Html fitted_in_one_go(const BySeries& series) {
  Html names;
  int count = 0;
  for (const auto& [name, curves] : series) {
    if (has_a_course(curves) || folds_of(curves).empty()) continue;
    names += (count++ ? ", "_html : ""_html) + "<b>"_html + breakable(name) + "</b>"_html;
  }
  if (count == 0) return {};
  return "<p class=\"note apart\">"_html +
         (count == 1 ? "One model has"_html : escaped(std::to_string(count) + " models have")) +
         " a single epoch, or are fitted in one go, and so have no course to draw: "_html + names + ".</p>\n"_html;
}

}  // namespace

Html learning_section(const ReportInput& input, Pictures& pictures) {
  const BySeries series = by_series(input.epochs);
  const auto drawn = static_cast<size_t>(
      std::count_if(series.begin(), series.end(), [](const auto& entry) { return has_a_course(entry.second); }));
  const size_t most_rows = std::clamp<size_t>(most_table_rows / std::max<size_t>(input.epochs.size(), 1), 8, 400);
  Html body;
  size_t number = 0;
  for (const auto& [name, curves] : series) {
    if (!has_a_course(curves)) continue;
    const Html figure = figure_of(pictures, name, "learning-" + std::to_string(number++), curves, most_rows);
    body += drawn <= most_unfolded ? figure : folded(name, figure, number <= 2);
  }
  body += fitted_in_one_go(series);
  if (body.source.empty()) return {};
  return section(
      "learning", "Learning",
      drawn
          ? "Where the validation line turns away from the training line, a model is learning its songs by heart."_html
          : "No model was trained over several epochs."_html,
      body);
}

}  // namespace foldwave::report
