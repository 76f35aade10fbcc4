#include <fmt/format.h>

#include <algorithm>

#include "foldwave/report/explore.h"
#include "report/fold_counts.h"
#include "report/genre_metrics.h"
#include "report/heading.h"
#include "report/name_axis.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using catalog::Catalog;

constexpr size_t longest_name = 36;
constexpr size_t most_genres = 500;  // cairo draws nothing that is higher than 32767 pixels
constexpr int most_folds = 20;       // that there is room for

// One genre: a bar, and a cell a fold.
struct Row {
  std::string name;
  int songs = 0;
  std::vector<int> in_fold;
};

std::vector<Row> rows_of(const Catalog& catalog, const std::vector<int>& fold, int folds) {
  std::vector<Row> rows;
  const std::vector<int> count = songs_in_folds(catalog, fold, folds);
  for (int k = 0; k < catalog.classes(); ++k) {
    const auto first = count.begin() + static_cast<std::ptrdiff_t>(k) * folds;
    rows.push_back({shortened(genre_name(catalog, k), longest_name), 0, {first, first + folds}});
  }
  for (const int label : catalog.label) ++rows[label].songs;
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.songs > b.songs; });
  if (rows.size() > most_genres) rows.resize(most_genres);
  return rows;
}

std::vector<DataBlock> data_of(const std::vector<Row>& rows) {
  constexpr double dark = 0.65;  // from here on a light number shows better
  const std::vector<std::string> nothing{"NaN", "NaN", " "};
  DataBlock bar{"bar", {}}, cell{"cell", {}}, on_light{"on_light", {nothing}}, on_dark{"on_dark", {nothing}};
  for (size_t r = 0; r < rows.size(); ++r) {
    bar.rows.push_back({std::to_string(r), std::to_string(rows[r].songs), rows[r].name});
    for (size_t k = 0; k < rows[r].in_fold.size(); ++k) {
      const int songs = rows[r].in_fold[k];
      const double opacity =
          songs ? 0.06 + 0.88 * fold_shade(songs, rows[r].songs, static_cast<int>(rows[r].in_fold.size())) : 0.03;
      cell.rows.push_back({std::to_string(k), std::to_string(r), fmt::format("{}", opacity)});
      (opacity < dark ? on_light : on_dark)
          .rows.push_back({std::to_string(k), std::to_string(r), std::to_string(songs)});
    }
  }
  return {bar, cell, on_light, on_dark};
}

std::string line_beneath(const Catalog& catalog, const std::vector<Row>& rows) {
  std::string line = fmt::format("{} of {}", counted(static_cast<long>(catalog.label.size()), "training song"),
                                 counted(catalog.classes(), "genre"));
  if (!catalog.group.empty()) line += ", from " + counted(static_cast<long>(catalog.group_names.size()), "group");
  if (catalog.class_ids.size() > rows.size()) line += fmt::format("; the {} commonest", rows.size());
  return line;
}

std::string bar_commands(int most) {
  return fmt::format(R"(set xrange [0:{}]
set xtics tc rgb muted
set grid xtics lc rgb grid lt 1 lw 1
set xlabel 'training songs' tc rgb muted
unset key
plot $bar using ($2/2):1:($2/2):(0.33):ytic(3) with boxxyerror lc rgb first, \
     $bar using 2:1:2 with labels left offset 0.5,0 tc rgb text
)",
                     std::max(1.0, 1.14 * most));
}

std::string fold_commands(int folds, const std::string& title) {
  return fmt::format(R"(set xrange [-0.5:{}]
unset grid
unset ytics
set xtics 1 tc rgb muted
set xlabel '{}' tc rgb muted
plot $cell using 1:2:(0.46):(0.42):(tint($3)) with boxxyerror lc rgb variable, \
     $on_light using 1:2:3 with labels tc rgb text, \
     $on_dark using 1:2:3 with labels tc rgb on_heat
)",
                     folds - 0.5, title);
}

Chart chart_of(const Catalog& catalog, const std::vector<int>& fold) {
  const int all_folds = fold.empty() ? 0 : *std::max_element(fold.begin(), fold.end()) + 1;
  const int folds = std::min(most_folds, all_folds);
  const std::vector<Row> rows = rows_of(catalog, fold, folds);
  std::vector<std::string> names;
  for (const Row& row : rows) names.push_back(row.name);
  const double left = 18 + pixels_beside(names), right = left + 440, cells = folds * 46;
  const int bottom = heading_height + 30 * static_cast<int>(rows.size());
  Chart chart{.id = "genre-distribution",
              .description = "",
              .width = static_cast<int>(right + (folds > 0 ? 28 + cells : 0)) + 20,
              .height = bottom + 56,
              .data = data_of(rows),
              .commands = ""};
  chart.commands = margins(chart, left, right, heading_height, bottom) +
                   fmt::format("set yrange [{}:-0.5]\n", static_cast<double>(rows.size()) - 0.5) +
                   bar_commands(rows.front().songs);
  if (folds > 0)
    chart.commands +=
        margins(chart, right + 28, right + 28 + cells, heading_height, bottom) +
        fold_commands(folds, folds == all_folds ? "in fold" : fmt::format("in fold, {} of {}", folds, all_folds));
  return headed(std::move(chart), "Genre distribution", line_beneath(catalog, rows));
}

}  // namespace

std::filesystem::path draw_genres(const Catalog& catalog, const std::vector<int>& fold,
                                  const std::filesystem::path& directory) {
  draw_png(chart_of(catalog, fold), directory / "genre_distribution.png");
  return directory / "genre_distribution.png";
}

}  // namespace foldwave::report
