// What a run has not got yet, or could not get: one sentence each.
#pragma once

#include <string>
#include <vector>

#include "foldwave/report/report.h"

namespace foldwave::report {

std::vector<std::string> missing(const ReportInput& input);

}  // namespace foldwave::report
