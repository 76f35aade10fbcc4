#include <fmt/format.h>

#include "report/bar_chart.h"
#include "report/genre_metrics.h"
#include "report/heat_map.h"
#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using catalog::Catalog;

constexpr size_t kBroadConfusion = 10;  // with more genres the matrix has a row of the page to itself

// As it stands in a sentence.
Html in_words(const Catalog& catalog, int genre) { return breakable(shortened(genre_name(catalog, genre), 60)); }

Html f1_figure(Pictures& pictures, const GenreMetrics& metrics, const Catalog& catalog, bool table_open) {
  BarChart chart{
      .id = "genre-f1", .description = "F1 of each genre, best first", .axis_title = "F1", .bars = {}, .axis_end = 1};
  std::vector<std::vector<Html>> rows;
  for (const GenreScore& genre : metrics.genres) {
    const std::string name = genre_name(catalog, genre.genre);
    chart.bars.push_back({name, genre.f1, fmt::format("{:.2f}", genre.f1)});
    rows.push_back({escaped(name), escaped(f1(genre.f1)), escaped(f1(genre.precision)), escaped(f1(genre.recall)),
                    escaped(std::to_string(genre.songs)), escaped(std::to_string(genre.taken_for))});
  }
  return pictures.figure(chart_of(chart), "F1 by genre",
                         "F1, 0 to 1, of the chosen method on out-of-fold songs, best first."_html,
                         table({{"genre", false, true},
                                {"F1", true},
                                {"precision", true},
                                {"recall", true},
                                {"songs", true},
                                {"predicted", true}},
                               rows, Rows::sortable),
                         table_open);
}

Html confusion_figure(Pictures& pictures, const GenreMetrics& metrics, const Catalog& catalog) {
  HeatMap map{.id = "confusion",
              .description = "Songs by true genre (rows) and predicted genre (columns)",
              .row_title = "true genre",
              .column_title = "predicted genre",
              .rows = {},
              .columns = {},
              .count = metrics.confusion,
              .shade = {}};
  const int classes = static_cast<int>(metrics.genres.size());
  std::vector<int> songs(classes, 0);
  for (const GenreScore& genre : metrics.genres) songs[genre.genre] = genre.songs;
  std::vector<Column> columns{{"true \\ predicted", false, true}};
  std::vector<std::vector<Html>> rows;
  for (int truth = 0; truth < classes; ++truth) {
    map.rows.push_back(genre_name(catalog, truth));
    columns.push_back({shortened(map.rows.back(), 30), true, true});
    rows.push_back({escaped(map.rows.back())});
    for (int predicted = 0; predicted < classes; ++predicted) {
      map.shade.push_back(songs[truth] ? static_cast<double>(metrics.at(truth, predicted)) / songs[truth] : 0);
      rows.back().push_back(escaped(std::to_string(metrics.at(truth, predicted))));
    }
  }
  map.columns = map.rows;
  return pictures.figure(
      chart_of(map), "What is taken for what",
      "Songs by true genre (rows) and predicted genre (columns); the shade is the share of the row, so a strong diagonal is good."_html,
      table(columns, rows));
}

// Of those that no other genre equals, best first.
Html best_and_worst(const std::vector<GenreScore>& genres, const Catalog& catalog) {
  const size_t last = genres.size() - 1;
  const bool best = last > 0 && genres[0].f1 > genres[1].f1, worst = last > 0 && genres[last].f1 < genres[last - 1].f1;
  if (!best && !worst) return {};
  const Html least = in_words(catalog, genres[last].genre);
  if (!best) return least + " is told worst."_html;
  return in_words(catalog, genres[0].genre) + " is told best"_html +
         (worst ? ", "_html + least + " worst."_html : "."_html);
}

Html lead(const GenreMetrics& metrics, const Catalog& catalog) {
  const int classes = static_cast<int>(metrics.genres.size());
  int truth = -1, predicted = -1;
  for (int i = 0; i < classes; ++i)
    for (int j = 0; j < classes; ++j)
      if (i != j && metrics.at(i, j) > 0 && (truth < 0 || metrics.at(i, j) > metrics.at(truth, predicted)))
        truth = i, predicted = j;
  if (truth < 0) return "No song is taken for another genre's."_html;
  const Html ends = best_and_worst(metrics.genres, catalog);
  return (ends.source.empty() ? ends : ends + " "_html) + "The commonest mistake: "_html + in_words(catalog, truth) +
         " taken for "_html + in_words(catalog, predicted) + ", "_html +
         escaped(counted(metrics.at(truth, predicted), "time")) + "."_html;
}

}  // namespace

Html genres_section(const ReportInput& input, Pictures& pictures) {
  if (input.oof.rows() == 0 || input.oof.classes < 1) return {};
  const GenreMetrics metrics = genre_metrics(input.oof);
  const bool many = metrics.genres.size() > kBroadConfusion;
  const Html f1 = f1_figure(pictures, metrics, input.catalog, many);
  const Html confusion = confusion_figure(pictures, metrics, input.catalog);
  return section(
      "genres", "Genres", lead(metrics, input.catalog),
      many ? "<div class=\"wide\">"_html + f1 + "</div>\n<div class=\"figures\">"_html + confusion + "</div>\n"_html
           : "<div class=\"figures\">"_html + f1 + confusion + "</div>\n"_html);
}

}  // namespace foldwave::report
