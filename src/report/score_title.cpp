#include "report/score_title.h"

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

}  // namespace foldwave::report
