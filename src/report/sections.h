// The parts of the page, in their order; each is empty where the run has nothing for it.
#pragma once

#include "foldwave/report/report.h"
#include "report/html.h"

namespace foldwave::report {

Html verdict_section(const ReportInput& input);  // the chosen method's score, and what is missing
Html scores_section(const ReportInput& input);
Html genres_section(const ReportInput& input);    // F1 by genre, confusion matrix
Html learning_section(const ReportInput& input);  // curves of every trial
Html music_section(const ReportInput& input);     // genre distribution, fold balance
Html trials_section(const ReportInput& input);
Html efficiency_section(const ReportInput& input);  // what the ranks did with their time
Html quarantine_section(const ReportInput& input);
Html repeat_section(const ReportInput& input);  // command, versions, config

}  // namespace foldwave::report
