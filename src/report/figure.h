// A picture with its caption, and the table behind it for those who cannot see it.
#pragma once

#include "report/gnuplot.h"
#include "report/html.h"

namespace foldwave::report {

Html figure(const Chart& chart, const std::string& title, const Html& caption, const Html& table,
            bool table_open = false);

}  // namespace foldwave::report
