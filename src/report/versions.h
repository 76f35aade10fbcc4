// With what a run was made: what environment.json tells of the programs and libraries, and the command.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "foldwave/report/report.h"

namespace foldwave::report {

std::vector<std::pair<std::string, std::string>> versions_of(const ReportInput& input);  // library, version; or empty
std::string command_of(const ReportInput& input);  // of all launches, a line each; or empty
std::string given_in(const ReportInput& input);    // the folder that the last one was given in; or empty

}  // namespace foldwave::report
