// How far values lie apart.
#pragma once

#include <vector>

namespace foldwave::report {

double standard_deviation(const std::vector<double>& values);  // of a sample; NaN below two

}  // namespace foldwave::report
