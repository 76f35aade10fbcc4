// What a score is called on the page: blends in words, models by their name.
#pragma once

#include <string>

#include "foldwave/report/report.h"

namespace foldwave::report {

std::string title_of(const ScoreRow& score);       // "geometric mean"
std::string in_a_sentence(const ScoreRow& score);  // "the geometric mean"

std::string fold_range(const ScoreRow& score);  // "0.45 – 0.62"; "-" where it has no folds

}  // namespace foldwave::report
