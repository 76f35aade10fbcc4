#include "report/round_step.h"

#include <cmath>
#include <initializer_list>

namespace foldwave::report {

double round_step(double at_least) {
  const double power = std::pow(10, std::floor(std::log10(at_least)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power >= at_least * (1 - 1e-9)) return step * power;
  return 10 * power;
}

}  // namespace foldwave::report
