#include "report/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/name_axis.h"
#include "report/wording.h"

namespace foldwave::report {

Chart chart_of(const BarChart& bars) {
  DataBlock bar{"bar", {}};
  double longest = 0;
  std::vector<std::string> names;
  for (size_t i = 0; i < bars.bars.size(); ++i) {
    names.push_back(shortened(bars.bars[i].name, 20));
    bar.rows.push_back({std::to_string(i), fmt::format("{}", bars.bars[i].length), names.back(), bars.bars[i].note});
    longest = std::max(longest, bars.bars[i].length);
  }
  Chart chart{.id = bars.id, .description = bars.description, .data = {bar}, .commands = ""};
  chart.height = 62 + std::clamp(300 / static_cast<int>(bars.bars.size()), 20, 32) * static_cast<int>(bars.bars.size());
  chart.commands = fmt::format("set yrange [{}:-0.5]\nset xrange [0:{}]\nset xlabel '{}' offset 0,0.4 tc rgb muted\n",
                               bars.bars.size() - 0.5,
                               bars.axis_end > 0 ? bars.axis_end : std::max(longest, 1.0) * 1.22, bars.axis_title) +
                   left_margin(names, chart.width) + R"(
set rmargin at screen 0.97
unset key
set xtics tc rgb muted
set grid xtics lc rgb grid lt 1 lw 1
plot $bar using ($2/2):1:($2/2):(0.31):ytic(3) with boxxyerror lc rgb first, \
     $bar using 2:1:4 with labels left offset 0.6,0 tc rgb text
)";
  return chart;
}

}  // namespace foldwave::report
