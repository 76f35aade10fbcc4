#include "report/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/name_axis.h"
#include "report/round_step.h"

namespace foldwave::report {

Chart chart_of(const BarChart& bars) {
  DataBlock bar{"bar", {}};
  double longest = 1;
  std::vector<std::string> names, notes;
  for (const Bar& of : bars.bars) {
    names.push_back(of.name);
    notes.push_back(of.note);
    longest = std::max(longest, of.length);
  }
  names = fitted(names, 20);
  for (size_t i = 0; i < bars.bars.size(); ++i)
    bar.rows.push_back({std::to_string(i), fmt::format("{}", bars.bars[i].length), names[i], notes[i]});
  Chart chart{.id = bars.id, .description = bars.description, .data = {bar}, .commands = ""};
  chart.height = 62 + std::clamp(300 / static_cast<int>(bars.bars.size()), 20, 32) * static_cast<int>(bars.bars.size());
  const bool counts = bars.axis_end == 0;
  chart.commands =
      fmt::format("set yrange [{}:-0.5]\nset xrange [0:{}]\nset xlabel '{}' offset 0,0.4 tc rgb muted\nset xtics {}\n",
                  bars.bars.size() - 0.5, counts ? longest : bars.axis_end, bars.axis_title,
                  counts ? std::max(1.0, round_step(longest / 5)) : bars.axis_end / 5) +
      left_margin(names, chart.width) +
      fmt::format("set rmargin at screen {:.4f}\n", 1 - (10 + pixels_beside(notes)) / chart.width) + R"(
unset key
set xtics tc rgb muted
set grid xtics lc rgb grid lt 1 lw 1
plot $bar using ($2/2):1:($2/2):(0.31):ytic(3) with boxxyerror lc rgb first, \
     $bar using 2:1:4 with labels left offset 0.6,0 tc rgb text
)";
  return chart;
}

}  // namespace foldwave::report
