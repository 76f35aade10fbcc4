#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "foldwave/report/explore.h"
#include "report/heading.h"
#include "report/histogram.h"
#include "report/round_step.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

// Of ascending `seconds`. A few very long tracks would squeeze all others into one bar: they are put at the end
// instead.
double end_of_axis(const std::vector<double>& seconds) {
  if (seconds.empty()) return 0;
  const double nearly_all = seconds[(seconds.size() - 1) * 99 / 100];
  return seconds.back() > 2 * nearly_all ? 1.2 * nearly_all : seconds.back();
}

std::string summary(const std::vector<double>& seconds, double end_s) {
  if (seconds.empty()) return "no track";
  const std::string least = duration(seconds.front()), greatest = duration(seconds.back());
  std::string text = fmt::format("{}, {} in all; ", counted(static_cast<long>(seconds.size()), "track"),
                                 duration(std::accumulate(seconds.begin(), seconds.end(), 0.0)));
  text += least == greatest
              ? "each " + least
              : fmt::format("from {} to {}, median {}", least, greatest, duration(seconds[seconds.size() / 2]));
  const auto longer = std::count_if(seconds.begin(), seconds.end(), [&](double value) { return value > end_s; });
  return longer == 0 ? text : text + fmt::format("; {} in the last bar", counted(longer, "longer one"));
}

std::vector<double> cut(std::vector<double> seconds, double end_s) {
  for (double& value : seconds) value = std::min(value, end_s);
  return seconds;
}

Chart chart_of(const Durations& durations) {
  std::vector<double> all = durations.train_s;
  all.insert(all.end(), durations.test_s.begin(), durations.test_s.end());
  std::sort(all.begin(), all.end());
  const double end_s = end_of_axis(all);
  const bool minutes = end_s >= 300;
  const std::vector<HistogramBin> bins =
      histogram({cut(durations.train_s, end_s), cut(durations.test_s, end_s)}, minutes ? 60 : 1);
  DataBlock bin{"bin", {}};
  int highest = 1;
  for (const HistogramBin& of : bins) {
    const int train = of.count[0], both = train + of.count[1];
    highest = std::max(highest, both);
    bin.rows.push_back(
        {fmt::format("{}", of.begin), fmt::format("{}", of.end), std::to_string(train), std::to_string(both)});
  }
  Chart chart{.id = "durations", .description = "", .width = 860, .height = 460, .data = {bin}, .commands = ""};
  chart.commands = margins(chart, 78, chart.width - 24, heading_height + 20, chart.height - 56);
  chart.commands +=
      fmt::format("set xrange [{}:{}]\nset yrange [0:{}]\nset ytics {}\nset xlabel 'duration ({})' tc rgb muted\n",
                  bins.front().begin, bins.back().end, 1.08 * highest, std::max(1.0, round_step(highest / 8.0)),
                  minutes ? "min" : "s");
  chart.commands += R"(set ylabel 'tracks' tc rgb muted
set tics nomirror out scale 0.6
set xtics tc rgb muted
set ytics tc rgb muted
set grid ytics lc rgb grid lt 1 lw 1
)";
  chart.commands +=
      durations.test_s.empty() ? "unset key\n" : "set key at graph 1, screen 0.925 right bottom horizontal\n";
  chart.commands += R"(gap(begin, end) = 0.06 * (end - begin)
plot $bin using (($1+$2)/2):($3/2):(($2-$1)/2-gap($1,$2)):($3/2) with boxxyerror lc rgb first title 'training', \
     $bin using (($1+$2)/2):(($3+$4)/2):(($2-$1)/2-gap($1,$2)):(($4-$3)/2) with boxxyerror lc rgb second title 'test'
)";
  return headed(std::move(chart), "How long the tracks are", summary(all, end_s));
}

}  // namespace

std::filesystem::path draw_durations(const Durations& durations, const std::filesystem::path& directory) {
  draw_png(chart_of(durations), directory / "durations.png");
  return directory / "durations.png";
}

}  // namespace foldwave::report
