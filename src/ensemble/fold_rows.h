// Rows by the fold that they are in: what cross-validation learns from and what it asks about.
#pragma once

#include <functional>
#include <vector>

#include "ensemble/scores.h"

namespace foldwave::ensemble {

std::vector<int> rows_where(const Truth& truth, const std::function<bool(int fold)>& wanted);
std::vector<int> labels_of(const Truth& truth, const std::vector<int>& rows);
// Answers for these rows, into their places in the table of all. answer: [rows, classes]; whole: [all, classes]
void put(const std::vector<float>& answer, const std::vector<int>& rows, int classes, std::vector<float>& whole);

}  // namespace foldwave::ensemble
