#include "report/heading.h"

#include <fmt/format.h>

namespace foldwave::report {
namespace {

std::vector<std::string> words_at(const Chart& chart, double left, double top, const std::string& words) {
  return {fmt::format("{}", left / chart.width), fmt::format("{}", 1 - top / chart.height), words};
}

}  // namespace

std::string margins(const Chart& chart, double left, double right, double top, double bottom) {
  return fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\nset tmargin at screen {:.5f}\nset bmargin at screen "
      "{:.5f}\n",
      left / chart.width, right / chart.width, 1 - top / chart.height, 1 - bottom / chart.height);
}

// A plot of its own, over all of the picture, so that the words are data as everywhere.
Chart headed(Chart chart, const std::string& title, const std::string& line) {
  chart.data.push_back({"heading", {words_at(chart, 18, 26, title)}});
  chart.data.push_back({"line_beneath", {words_at(chart, 18, 48, line)}});
  chart.commands = "set multiplot\n" + margins(chart, 0, chart.width, 0, chart.height) + R"(
set xrange [0:1]
set yrange [0:1]
unset tics
unset key
plot $heading using 1:2:3 with labels left font ',17' tc rgb text, \
     $line_beneath using 1:2:3 with labels left tc rgb muted
set tics nomirror scale 0 textcolor rgb text
set format '%g'
set xrange [*:*]
set yrange [*:*]
)" + chart.commands +
                   "unset multiplot\n";
  return chart;
}

}  // namespace foldwave::report
