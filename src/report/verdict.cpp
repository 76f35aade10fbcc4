#include <algorithm>
#include <cmath>

#include "report/missing.h"
#include "report/score_title.h"
#include "report/sections.h"
#include "report/series.h"
#include "report/spread.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

Html fact(const std::string& name, const Html& value) {
  return "<div><dt>"_html + escaped(name) + "</dt><dd>"_html + value + "</dd></div>\n"_html;
}

Html note(const std::string& text) { return " <span class=\"note\">"_html + escaped(text) + "</span>"_html; }

const ScoreRow* best_single(const std::vector<ScoreRow>& scores) {
  const ScoreRow* best = nullptr;
  for (const ScoreRow& score : scores)
    if (!score.meta && (!best || score.oof_macro_f1 > best->oof_macro_f1)) best = &score;
  return best;
}

// Of the chosen method's F1: from fold to fold, and over groups.
Html spreads(const ReportInput& input, const ScoreRow& chosen) {
  Html html;
  std::vector<double> folds;
  for (const double value : chosen.fold_macro_f1)
    if (std::isfinite(value)) folds.push_back(value);
  if (!folds.empty()) {
    const auto [low, high] = std::minmax_element(folds.begin(), folds.end());
    html += fact("over folds", escaped(range(*low, *high)) +
                                   note(counted(static_cast<long>(folds.size()), "fold") +
                                        (folds.size() > 1 ? ", s.d. " + f1(standard_deviation(folds)) : "")));
  }
  if (std::isfinite(chosen.standard_error))
    html += fact(
        input.standard_error_over.find("group") == std::string::npos ? "over songs" : "over groups",
        escaped("± " + f1(chosen.standard_error)) +
            note("one standard error" + (input.standard_error_over.empty() ? "" : ", " + input.standard_error_over)));
  return html;
}

Html facts(const ReportInput& input, const ScoreRow* chosen) {
  Html html = "<dl class=\"facts\">\n"_html;
  if (const ScoreRow* best = best_single(input.scores); best && best != chosen)
    html += fact("best single model", escaped(f1(best->oof_macro_f1)) + note(best->name));
  if (chosen) html += spreads(input, *chosen);
  if (!input.catalog.train.empty())
    html += fact("music", escaped(counted(static_cast<long>(input.catalog.train.size()), "song")) +
                              note(counted(input.catalog.classes(), "genre") + ", " +
                                   counted(static_cast<long>(input.catalog.test.size()), "test song")));
  double seconds = 0;
  for (const auto& [id, trial] : input.record.trials) seconds += trial.seconds;
  if (!input.record.trials.empty())
    html += fact("trials", escaped(std::to_string(count(input.record, journal::TrialState::finished)) + " of " +
                                   std::to_string(input.record.trials.size())) +
                               note(seconds > 0 ? duration(seconds) + " of training" : "finished"));
  if (!input.submission.empty()) html += fact("submission", escaped(input.submission));
  return html + "</dl>\n"_html;
}

Html what_is_missing(const ReportInput& input) {
  const std::vector<std::string> sentences = missing(input);
  if (sentences.empty()) return {};
  Html html = "<aside><h2>What is missing</h2><ul>\n"_html;
  for (const std::string& sentence : sentences) html += "<li>"_html + escaped(sentence) + "</li>\n"_html;
  return html + "</ul></aside>\n"_html;
}

}  // namespace

Html verdict_section(const ReportInput& input) {
  const auto found =
      std::find_if(input.scores.begin(), input.scores.end(), [](const ScoreRow& score) { return score.chosen; });
  const ScoreRow* chosen = found == input.scores.end() ? nullptr : &*found;
  Html html = "<section id=\"verdict\">\n<div class=\"verdict\">\n<div>\n"_html;
  if (chosen) {
    html += "<p class=\"score\">"_html + escaped(f1(chosen->oof_macro_f1)) +
            "<span class=\"error\">&#8239;±&#8239;"_html + escaped(f1(chosen->standard_error)) + "</span></p>\n"_html;
    html += "<p class=\"of\">macro F1 of <b>"_html + breakable(in_a_sentence(*chosen)) +
            "</b>, out of fold. The ± is one standard error"_html +
            (input.standard_error_over.empty() ? ""_html : " over "_html + escaped(input.standard_error_over)) +
            ".</p>\n"_html;
    html += "<p class=\"why\">"_html + escaped(capital(input.chosen_reason)) + ".</p>\n"_html;
  } else {
    html += "<p class=\"score none\">no score yet</p>\n"_html;
  }
  return html + "</div>\n"_html + facts(input, chosen) + "</div>\n"_html + what_is_missing(input) + "</section>\n"_html;
}

}  // namespace foldwave::report
