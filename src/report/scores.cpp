#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/name_axis.h"
#include "report/score_title.h"
#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

Chart chart_of(const std::vector<ScoreRow>& scores) {
  Chart chart{.id = "scores",
              .description = "Macro F1 of every model and blend with one standard error, and of each fold",
              .width = 440,
              .height = 0,
              .data = {},
              .commands = ""};
  DataBlock plain{"plain", {}}, chosen{"chosen", {}}, fold{"fold", {}};
  std::vector<std::string> names;
  for (size_t i = 0; i < scores.size(); ++i) {
    const ScoreRow& score = scores[i];
    names.push_back(shortened(title_of(score), 26));
    (score.chosen ? chosen : plain)
        .rows.push_back({std::to_string(i), fmt::format("{}", score.oof_macro_f1),
                         fmt::format("{}", score.standard_error), names.back()});
    for (const double f1 : score.fold_macro_f1) fold.rows.push_back({std::to_string(i), fmt::format("{}", f1)});
  }
  for (DataBlock* block : {&plain, &chosen, &fold})  // gnuplot refuses an empty block
    if (block->rows.empty()) block->rows.push_back({"NaN", "NaN", "NaN", " "});
  chart.data = {plain, chosen, fold};
  chart.height = 62 + 26 * static_cast<int>(scores.size());
  chart.commands = fmt::format("set yrange [{}:-0.6]\n", static_cast<double>(scores.size()) - 0.4) +
                   left_margin(names, chart.width) + R"(
set rmargin at screen 0.97
unset key
set grid xtics lc rgb grid lt 1 lw 1
set xlabel "macro F1" offset 0,0.4 tc rgb muted
set xrange [0<*:*<1]
set xtics format "%.2g" tc rgb muted
plot $fold using 2:1 with points pt 6 ps 0.42 lc rgb muted, \
     $plain using 2:1:3:ytic(4) with xerrorbars pt 7 ps 0.75 lw 1.6 lc rgb muted, \
     $chosen using 2:1:3:ytic(4) with xerrorbars pt 7 ps 1 lw 2.4 lc rgb first
)";
  return chart;
}

// How far ahead of the geometric mean; a method does not differ from itself.
Html lead_of(const ScoreRow& score) {
  if (!std::isfinite(score.lead) || score.lead_error == 0) return "–"_html;
  return escaped(fmt::format("{:+.3f} ± {:.3f}", score.lead, score.lead_error));
}

Html table_of(const std::vector<ScoreRow>& scores) {
  size_t folds = 0;
  for (const ScoreRow& score : scores) folds = std::max(folds, score.fold_macro_f1.size());
  std::vector<Column> columns{{"model or blend", false, true}, {"macro F1", true}, {"± s.e.", true}};
  const bool compared =
      std::any_of(scores.begin(), scores.end(), [](const ScoreRow& score) { return score.lead_error > 0; });
  if (compared) columns.push_back({"lead ± s.e.", true});
  for (size_t k = 0; k < folds; ++k) columns.push_back({"fold " + std::to_string(k), true});
  std::vector<std::vector<Html>> rows;
  for (const ScoreRow& score : scores) {
    const Html name = breakable(title_of(score)) + (score.optimistic ? " (optimistic)"_html : ""_html);
    std::vector<Html>& row = rows.emplace_back();
    row = {score.chosen ? "<b>"_html + name + "</b> <span class=\"pill chosen\">chosen</span>"_html : name,
           escaped(f1(score.oof_macro_f1)), escaped(f1(score.standard_error))};
    if (compared) row.push_back(lead_of(score));
    for (const double value : score.fold_macro_f1) row.push_back(escaped(f1(value)));
  }
  return table(columns, rows);
}

}  // namespace

Html scores_section(const ReportInput& input, Pictures& pictures) {
  if (input.scores.empty()) return {};
  std::vector<ScoreRow> best_first = input.scores;
  std::stable_sort(best_first.begin(), best_first.end(),
                   [](const ScoreRow& a, const ScoreRow& b) { return a.oof_macro_f1 > b.oof_macro_f1; });
  const Html lead = (best_first.front().meta ? escaped(capital(in_a_sentence(best_first.front())))
                                             : breakable(shortened(best_first.front().name, 60))) +
                    " scores highest, "_html + breakable(shortened(in_a_sentence(best_first.back()), 60)) +
                    " lowest; every blend is scored on songs that it has not learned from."_html;
  const bool optimistic =
      std::any_of(best_first.begin(), best_first.end(), [](const ScoreRow& score) { return score.optimistic; });
  const Html remark = optimistic ? " Optimistic: an epoch was chosen by the songs that are scored."_html : ""_html;
  const Html caption =
      "Macro F1, 0 to 1, once over all out-of-fold songs (dot), with one standard error (bar), and of each fold alone (small circles). "_html +
      "Lead: over the geometric mean, with the standard error of that difference."_html + remark;
  return section("scores", "Scores", lead,
                 "<div class=\"wide\">"_html +
                     pictures.figure(chart_of(best_first), "Models and blends", caption, table_of(best_first), true) +
                     "</div>\n"_html);
}

}  // namespace foldwave::report
