// Steps of axes and histograms.
#pragma once

namespace foldwave::report {

double round_step(double at_least);  // 1, 2 or 5 times a power of ten, the next that is not smaller; at_least > 0

}  // namespace foldwave::report
