// Names in the order in which people count: fold-2 before fold-10, 0.003 before 0.01.
#pragma once

#include <string>

namespace foldwave::report {

bool natural_order(const std::string& a, const std::string& b);  // a comes before b

}  // namespace foldwave::report
