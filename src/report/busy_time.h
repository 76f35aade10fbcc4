// The time of a run with the pauses between its launches cut out, so that a night in a queue does not press all work
// into a line.
#pragma once

#include <vector>

#include "foldwave/journal/journal.h"

namespace foldwave::report {

double end_of(const journal::SpanRecord& span, double now_s);  // now, of what is still running

struct Pause {
  double at_s = 0, length_s = 0;  // where it was cut out, on the axis without pauses; how long it was
};

class BusyTime {
 public:
  explicit BusyTime(const std::vector<journal::SpanRecord>& spans, double now_s);

  double operator()(double unix_s) const;  // seconds from the first start, pauses left out
  const std::vector<Pause>& pauses() const { return pauses_; }
  double length_s() const;

 private:
  struct Stretch {
    double begin_s, end_s, offset_s;  // since 1970; of its begin on the axis
  };
  std::vector<Stretch> stretches_;
  std::vector<Pause> pauses_;
};

}  // namespace foldwave::report
