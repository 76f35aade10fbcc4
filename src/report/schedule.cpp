#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "report/busy_time.h"
#include "report/grid_point.h"
#include "report/name_axis.h"
#include "report/natural_order.h"
#include "report/pill.h"
#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::SpanRecord;

constexpr const char* bar_colours[] = {"first", "second", "third", "fourth", "fifth", "sixth"};
constexpr size_t most_rows = 256;  // of groups that are drawn

// A line of the chart: a group, in its part of a run that several launches shared.
using Line = std::pair<std::string, int>;

std::vector<Line> lines_of(const std::vector<SpanRecord>& spans) {
  std::set<Line> distinct;
  for (const SpanRecord& span : spans) distinct.emplace(span.part, span.group);
  std::vector<Line> lines(distinct.begin(), distinct.end());
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.first != b.first ? natural_order(a.first, b.first) : a.second < b.second;
  });
  return lines;
}

std::string name_of(const Line& line) {
  const std::string group = line.second < 0 ? "a group" : fmt::format("group {}", line.second);
  return line.first.empty() ? group : line.first + ", " + group;
}

// In what the axis is divided.
struct Unit {
  const char* name;
  double seconds;
};
Unit unit_for(double length_s) {
  if (length_s < 180) return {"s", 1};
  if (length_s < 3 * 3600) return {"min", 60};
  return {"h", 3600};
}

// What is still running goes on till the last thing that was told of the run.
double now_of(const journal::RunRecord& record) {
  double now_s = 0;
  for (const SpanRecord& span : record.spans) now_s = std::max({now_s, span.started_s, span.ended_s});
  for (const auto& [id, trial] : record.trials) now_s = std::max(now_s, trial.last_epoch_s);
  return now_s;
}

std::vector<std::string> backbones_of(const std::vector<SpanRecord>& spans) {
  std::set<std::string> distinct;
  for (const SpanRecord& span : spans) distinct.insert(grid_point(span.trial).backbone);
  std::vector<std::string> backbones(distinct.begin(), distinct.end());
  std::sort(backbones.begin(), backbones.end(), natural_order);
  return backbones;
}

struct Gantt {
  std::vector<Line> lines;
  std::vector<std::string> backbones;
  BusyTime time;
  Unit unit;
  double now_s;
};

// A block of bars a backbone, whose first row is its name, for the key: one colour each, used again beyond the sixth.
void add_bars(const std::vector<SpanRecord>& spans, const Gantt& gantt, Chart& chart, std::string& plots) {
  std::map<Line, size_t> row_of;
  for (size_t i = 0; i < gantt.lines.size(); ++i) row_of[gantt.lines[i]] = i;
  DataBlock broken{"broken", {}};
  for (size_t b = 0; b < gantt.backbones.size(); ++b) {
    DataBlock bar{fmt::format("bars{}", b), {{shortened(gantt.backbones[b], 24), "-", "-", "-"}}};
    for (const SpanRecord& span : spans) {
      const auto row = row_of.find({span.part, span.group});
      if (row == row_of.end() || grid_point(span.trial).backbone != gantt.backbones[b]) continue;
      const double begin = gantt.time(span.started_s) / gantt.unit.seconds;
      const double end = gantt.time(end_of(span, gantt.now_s)) / gantt.unit.seconds;
      bar.rows.push_back({fmt::format("{:.5g}", (begin + end) / 2), std::to_string(row->second),
                          fmt::format("{:.5g}", begin), fmt::format("{:.5g}", end)});
      if (span.ending == "failed" || span.ending == "lost")
        broken.rows.push_back({fmt::format("{:.5g}", end), std::to_string(row->second)});
    }
    plots += fmt::format(
        "{}$bars{} using 1:2:3:4:($2-0.36):($2+0.36) with boxxyerror fs solid 1 border lc rgb card "
        "fc rgb {} title columnheader(1)",
        b ? ", \\\n     " : "plot ", b, bar_colours[b % std::size(bar_colours)]);
    chart.data.push_back(bar);
  }
  if (broken.rows.empty()) return;
  chart.data.push_back(broken);
  plots += ", \\\n     $broken using 1:2 with points pt 2 ps 0.8 lw 2.4 lc rgb text title 'failed or lost'";
}

// Where the colours are named, above the lines: as many to a row as there is room for.
struct Key {
  int columns = 1, rows = 1;
};
Key key_of(const Gantt& gantt, int chart_width) {
  size_t longest = 14;  // "failed or lost"
  for (const std::string& backbone : gantt.backbones) longest = std::max(longest, width(shortened(backbone, 24)));
  const int entries = static_cast<int>(gantt.backbones.size()) + 2;
  const int columns = std::max(1, (chart_width - 40) / (8 * static_cast<int>(longest) + 48));
  return {columns, (entries + columns - 1) / columns};
}

// The names of the lines, of which there may be too many to be read.
DataBlock names_of(const std::vector<Line>& lines, int every) {
  DataBlock names{"names", {}};
  for (size_t i = 0; i < lines.size(); i += static_cast<size_t>(every))
    names.rows.push_back({std::to_string(i), shortened(name_of(lines[i]), 28)});
  return names;
}

DataBlock pauses_of(const Gantt& gantt) {
  DataBlock pause{"pause", {}};
  for (const Pause& cut : gantt.time.pauses()) {
    const std::string at = fmt::format("{:.5g}", cut.at_s / gantt.unit.seconds);
    pause.rows.push_back({at, "-0.5"});
    pause.rows.push_back({at, fmt::format("{}", static_cast<double>(gantt.lines.size()) - 0.5)});
    pause.rows.push_back({});
  }
  return pause;
}

Chart chart_of(const journal::RunRecord& record, const Gantt& gantt) {
  const auto rows = static_cast<int>(gantt.lines.size());
  const int height = std::clamp(480 / rows, 8, 28), every = (13 + height - 1) / height;
  Chart chart{.id = "schedule",
              .description = "Which group of ranks had which trial when: a bar a trial, a line a group",
              .width = 900,
              .data = {names_of(gantt.lines, every)},
              .commands = ""};
  const Key key = key_of(gantt, chart.width);
  chart.height = 74 + 20 * key.rows + height * rows;
  std::vector<std::string> shown;
  for (const auto& name : chart.data.front().rows) shown.push_back(name.back());
  std::string plots;
  add_bars(record.spans, gantt, chart, plots);
  plots += ", \\\n     $names using (-1e9):1:ytic(2) with dots notitle";
  if (const DataBlock pause = pauses_of(gantt); !pause.rows.empty()) {
    chart.data.push_back(pause);
    plots += ", \\\n     $pause using 1:2 with lines dt 3 lw 1.8 lc rgb text title 'pause, cut out'";
  }
  chart.commands =
      fmt::format("set yrange [{}:-0.5]\nset xrange [0:{}]\n", rows - 0.5,
                  std::max(gantt.time.length_s(), 1e-3) * 1.005 / gantt.unit.seconds) +
      fmt::format("set xlabel 'time of training since the first start ({})' offset 0,0.4 tc rgb muted\n",
                  gantt.unit.name) +
      left_margin(shown, chart.width) +
      fmt::format("set tmargin at screen {:.4f}\nset bmargin at screen {:.4f}\n",
                  1 - (14.0 + 20 * key.rows) / chart.height, 50.0 / chart.height) +
      "set rmargin at screen 0.985\nset xtics tc rgb muted\nset grid xtics lc rgb grid lt 1 lw 1\n" +
      fmt::format("set key at screen 0.985, screen 0.999 top right horizontal samplen 1.2 maxcols {}\n", key.columns) +
      plots + "\n";
  return chart;
}

Html spans_table(const journal::RunRecord& record, const Gantt& gantt) {
  std::vector<std::vector<Html>> rows;
  const double first_s = record.spans.empty() ? 0 : record.spans.front().started_s;
  for (const SpanRecord& span : record.spans)
    rows.push_back(
        {escaped(name_of({span.part, span.group})), breakable(span.trial),
         keyed(span.started_s - first_s, utc(span.started_s)),
         keyed(end_of(span, gantt.now_s) - span.started_s, duration(end_of(span, gantt.now_s) - span.started_s)),
         pill(span.ending.empty() ? "running" : span.ending), escaped(span.host)});
  return table({{"group"}, {"trial", false, true}, {"began", true}, {"took", true}, {"ending"}, {"host"}}, rows,
               Rows::sortable);
}

Html stages_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const journal::StageRecord& stage : record.stages)
    if (stage.name != "report")  // which goes on while this is written
      rows.push_back({escaped(stage.name), pill(stage.state), escaped(utc(stage.started_s)),
                      escaped(elapsed(stage.started_s, stage.ended_s)), escaped(stage.detail)});
  return rows.empty() ? Html{} : table({{"stage"}, {"state"}, {"began"}, {"took", true}, {"outcome"}}, rows);
}

Html notes(const journal::RunRecord& record) {
  if (record.notes.empty()) return {};
  Html html = "<h3>Notes</h3><ul class=\"notes\">"_html;
  for (const std::string& note : record.notes) html += "<li>"_html + escaped(note) + "</li>\n"_html;
  return html + "</ul>\n"_html;
}

Html lead_of(const journal::RunRecord& record, const Gantt& gantt) {
  if (record.spans.empty()) return "No trial has been started yet."_html;
  std::set<std::string> launches;
  for (const SpanRecord& span : record.spans) launches.insert(span.launch);
  Html html = escaped(fmt::format("Trials were started {} on {} in {}: {} from the first start to the last end",
                                  counted(static_cast<long>(record.spans.size()), "time"),
                                  counted(static_cast<long>(gantt.lines.size()), "group"),
                                  launches.size() == 1 ? "1 launch" : fmt::format("{} launches", launches.size()),
                                  duration(gantt.time.length_s())));
  if (!gantt.time.pauses().empty()) {
    double paused_s = 0;
    for (const Pause& pause : gantt.time.pauses()) paused_s += pause.length_s;
    html += escaped(fmt::format(", {} of {} between launches left out",
                                counted(static_cast<long>(gantt.time.pauses().size()), "pause"), duration(paused_s)));
  }
  return html + "."_html;
}

}  // namespace

Html schedule_section(const ReportInput& input, Pictures& pictures) {
  const journal::RunRecord& record = input.record;
  if (record.trials.empty() && record.stages.empty()) return {};
  const double now_s = now_of(record);
  const BusyTime time(record.spans, now_s);
  Gantt gantt{lines_of(record.spans), backbones_of(record.spans), time, unit_for(time.length_s()), now_s};
  const Html lead = lead_of(record, gantt);
  Html body;
  if (!record.spans.empty()) {
    const Html spans = spans_table(record, gantt);
    const size_t groups = gantt.lines.size();
    if (groups > most_rows) gantt.lines.resize(most_rows);
    body = pictures.figure(
        chart_of(record, gantt), "Which group had which trial when",
        "A bar is a trial, from its start to its end in that launch; a line is a group of ranks; the colours are backbones."_html +
            (groups > most_rows ? escaped(fmt::format(" The first {} of {} groups are drawn.", most_rows, groups))
                                : ""_html),
        spans);
  }
  return section("schedule", "Schedule", lead, body + stages_table(record) + notes(record));
}

}  // namespace foldwave::report
