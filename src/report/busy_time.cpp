#include "report/busy_time.h"

#include <algorithm>

namespace foldwave::report {
namespace {

constexpr double shortest_pause_s = 60, least_share = 0.08;  // of the time at work: what is shorter stays on the axis

}  // namespace

double end_of(const journal::SpanRecord& span, double now_s) {
  return std::max(span.started_s, span.ended_s > 0 ? span.ended_s : now_s);
}

BusyTime::BusyTime(const std::vector<journal::SpanRecord>& spans, double now_s) {
  std::vector<std::pair<double, double>> all;
  for (const journal::SpanRecord& span : spans) all.emplace_back(span.started_s, end_of(span, now_s));
  std::sort(all.begin(), all.end());
  double work_s = 0, reached_s = 0;
  for (const auto& [begin_s, end_s] : all) {
    work_s += std::max(0.0, end_s - std::max(begin_s, reached_s));
    reached_s = std::max(reached_s, end_s);
  }
  const double cut_s = std::max(shortest_pause_s, least_share * work_s);
  for (const auto& [begin_s, end_s] : all) {
    if (stretches_.empty()) {
      stretches_.push_back({begin_s, end_s, 0});
    } else if (begin_s - stretches_.back().end_s <= cut_s) {
      stretches_.back().end_s = std::max(stretches_.back().end_s, end_s);
    } else {
      const double at_s = length_s();
      pauses_.push_back({at_s, begin_s - stretches_.back().end_s});
      stretches_.push_back({begin_s, end_s, at_s});
    }
  }
}

double BusyTime::length_s() const {
  return stretches_.empty() ? 0 : stretches_.back().offset_s + stretches_.back().end_s - stretches_.back().begin_s;
}

double BusyTime::operator()(double unix_s) const {
  const auto found = std::find_if(stretches_.rbegin(), stretches_.rend(),
                                  [&](const Stretch& stretch) { return unix_s >= stretch.begin_s; });
  return found == stretches_.rend() ? 0 : found->offset_s + std::min(unix_s, found->end_s) - found->begin_s;
}

}  // namespace foldwave::report
