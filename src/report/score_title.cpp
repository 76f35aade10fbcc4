#include "report/score_title.h"

#include <algorithm>

#include "report/wording.h"

namespace foldwave::report {

std::string title_of(const ScoreRow& score) {
  if (!score.meta) return score.name;
  if (score.name == "logistic") return "logistic regression";
  if (score.name == "geometric" || score.name == "weighted") return score.name + " mean";
  return score.name;
}

std::string in_a_sentence(const ScoreRow& score) {
  return score.meta && score.name != "logistic" ? "the " + title_of(score) : title_of(score);
}

std::string fold_range(const ScoreRow& score) {
  if (score.fold_macro_f1.empty()) return "-";
  const auto [low, high] = std::minmax_element(score.fold_macro_f1.begin(), score.fold_macro_f1.end());
  return range(*low, *high);
}

}  // namespace foldwave::report
