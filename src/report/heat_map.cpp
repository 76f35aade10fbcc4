#include "report/heat_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/name_axis.h"

namespace foldwave::report {
namespace {

constexpr size_t longest_name = 16;
constexpr double dark = 0.7;  // from here on the count is written in the colour that shows on the shade

std::vector<std::vector<std::string>> numbered(const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < names.size(); ++i) rows.push_back({std::to_string(i), names[i]});
  return rows;
}

// How the names of columns stand, for which there is so much room each.
struct Slope {
  int degrees = 0, height = 0;  // height: CSS pixels, with the title below
};
Slope slope_for(const std::vector<std::string>& names, double column_width) {
  const double longest = pixels_beside(names);
  if (longest <= column_width) return {0, 54};
  if (column_width < 24) return {90, 40 + static_cast<int>(longest)};  // lines that are tilted would touch
  return {40, 40 + static_cast<int>(0.65 * longest)};
}

}  // namespace

Chart chart_of(const HeatMap& map) {
  const std::vector<std::string> rows = fitted(map.rows, longest_name), columns = fitted(map.columns, longest_name);
  DataBlock cell{"cell", {}}, on_light{"on_light", {{"NaN", "NaN", " "}}}, on_dark{"on_dark", {{"NaN", "NaN", " "}}};
  for (size_t r = 0; r < map.rows.size(); ++r)
    for (size_t c = 0; c < map.columns.size(); ++c) {
      const size_t i = r * map.columns.size() + c;
      cell.rows.push_back(
          {std::to_string(c), std::to_string(r), fmt::format("{}", map.count[i] ? 0.06 + 0.88 * map.shade[i] : 0.03)});
      if (map.count[i])
        (map.shade[i] < dark ? on_light : on_dark)
            .rows.push_back({std::to_string(c), std::to_string(r), std::to_string(map.count[i])});
    }
  Chart chart{.id = map.id,
              .description = map.description,
              .data = {cell, on_light, on_dark, {"row", numbered(rows)}, {"column", numbered(columns)}},
              .commands = ""};
  if (columns.size() > 10) chart.width = std::max(760, 180 + 15 * static_cast<int>(columns.size()));
  const int beside = map.row_title.empty() ? 0 : 20;
  const double room = 0.98 * chart.width - pixels_of_left_margin(rows, chart.width, beside);
  const Slope slope = slope_for(columns, room / static_cast<double>(columns.size()));
  chart.height = 16 + slope.height +
                 std::clamp(360 / static_cast<int>(map.rows.size()), 22, 40) * static_cast<int>(map.rows.size());
  chart.commands =
      fmt::format(
          "set yrange [{}:-0.5]\nset xrange [-0.5:{}]\nset bmargin at screen {:.4f}\nset tmargin at screen 0.98\n",
          map.rows.size() - 0.5, map.columns.size() - 0.5, static_cast<double>(slope.height) / chart.height) +
      fmt::format(
          "set xtics {}\nset label 1 '{}' at screen 0.98, screen {:.4f} right tc rgb muted\nset label 2 '{}' at screen "
          "{:.4f}, screen 0.5 rotate center tc rgb muted\n",
          slope.degrees ? fmt::format("rotate by {} right", slope.degrees) : "", map.column_title, 11.0 / chart.height,
          map.row_title, 12.0 / chart.width) +
      left_margin(rows, chart.width, beside) + R"(
set rmargin at screen 0.98
unset key
plot $cell using 1:2:(0.47):(0.47):(tint($3)) with boxxyerror lc rgb variable, \
     $on_light using 1:2:3 with labels tc rgb text, \
     $on_dark using 1:2:3 with labels tc rgb on_heat, \
     $row using (-9):1:ytic(2) with dots notitle, \
     $column using 1:(-9):xtic(2) with dots notitle
)";
  return chart;
}

}  // namespace foldwave::report
