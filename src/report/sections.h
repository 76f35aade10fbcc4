// The parts of the page, in their order; each is empty where the run has nothing for it.
#pragma once

#include "foldwave/report/report.h"
#include "report/html.h"
#include "report/pictures.h"

namespace foldwave::report {

Html verdict_section(const ReportInput& input);                       // the chosen method's score, and what is missing
Html scores_section(const ReportInput& input, Pictures& pictures);    // of every model and blend
Html trials_section(const ReportInput& input);                        // a table to sort
Html learning_section(const ReportInput& input, Pictures& pictures);  // curves of every trial
Html genres_section(const ReportInput& input, Pictures& pictures);    // F1 by genre, confusion matrix
Html music_section(const ReportInput& input, Pictures& pictures);     // genre distribution, fold balance
Html grid_section(const ReportInput& input, Pictures& pictures);      // the effect of each axis
Html schedule_section(const ReportInput& input, Pictures& pictures);  // which group had which trial when
Html efficiency_section(const ReportInput& input);                    // what the ranks did with their time
Html mistakes_section(const ReportInput& input, Pictures& pictures);  // the most confidently wrong tracks
Html quarantine_section(const ReportInput& input);
Html repeat_section(const ReportInput& input);  // command, versions, config

}  // namespace foldwave::report
