#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "report/bar_chart.h"
#include "report/fold_counts.h"
#include "report/genre_metrics.h"
#include "report/heat_map.h"
#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using catalog::Catalog;

struct Genre {
  int songs = 0;
  std::set<int> groups;
};

std::vector<Genre> genres_of(const Catalog& catalog) {
  std::vector<Genre> genres(catalog.classes());
  for (size_t row = 0; row < catalog.label.size(); ++row) {
    ++genres[catalog.label[row]].songs;
    if (!catalog.group.empty()) genres[catalog.label[row]].groups.insert(catalog.group[row]);
  }
  return genres;
}

Html distribution_figure(Pictures& pictures, const Catalog& catalog, const std::vector<Genre>& genres) {
  std::vector<int> order(genres.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return genres[a].songs > genres[b].songs; });
  BarChart chart{.id = "distribution",
                 .description = "Training songs of each genre, most first",
                 .axis_title = "training songs",
                 .bars = {}};
  std::vector<std::vector<Html>> rows;
  for (const int k : order) {
    chart.bars.push_back(
        {genre_name(catalog, k), static_cast<double>(genres[k].songs), std::to_string(genres[k].songs)});
    rows.push_back({escaped(genre_name(catalog, k)), escaped(catalog.class_ids[k]),
                    escaped(std::to_string(genres[k].songs)),
                    escaped(catalog.group.empty() ? "-" : std::to_string(genres[k].groups.size()))});
  }
  return pictures.figure(
      chart_of(chart), "Genre distribution", "Number of training songs of each genre."_html,
      table({{"genre", false, true}, {catalog.label_column}, {"songs", true}, {"groups", true}}, rows));
}

Html balance_figure(Pictures& pictures, const ReportInput& input, const std::vector<Genre>& genres) {
  const Catalog& catalog = input.catalog;
  const int folds = *std::max_element(input.fold.begin(), input.fold.end()) + 1;
  if (folds < 1) return {};
  HeatMap map{.id = "balance",
              .description = "Training songs of each genre (rows) in each fold (columns)",
              .row_title = "",
              .column_title = "fold",
              .rows = {},
              .columns = {},
              .count = songs_in_folds(catalog, input.fold, folds),
              .shade = {}};
  std::vector<Column> columns{{"genre", false, true}};
  for (int k = 0; k < folds; ++k)
    map.columns.push_back(std::to_string(k)), columns.push_back({"fold " + std::to_string(k), true});
  std::vector<std::vector<Html>> rows;
  for (size_t genre = 0; genre < genres.size(); ++genre) {
    map.rows.push_back(genre_name(catalog, static_cast<int>(genre)));
    rows.push_back({escaped(map.rows.back())});
    for (int k = 0; k < folds; ++k) {
      const int songs = map.count[genre * folds + k];
      map.shade.push_back(fold_shade(songs, genres[genre].songs, folds));
      rows.back().push_back(escaped(std::to_string(songs)));
    }
  }
  return pictures.figure(
      chart_of(map), "Fold balance",
      "Training songs of each genre in each fold; one even shade along a row means that the genre is spread evenly."_html,
      table(columns, rows));
}

// How many groups there are, and whether any has songs in more than one fold: then the scores are too good.
Html about_groups(const ReportInput& input) {
  std::map<int, std::set<int>> folds_of;
  for (size_t row = 0; row < input.catalog.group.size(); ++row)
    folds_of[input.catalog.group[row]].insert(input.fold.empty() ? 0 : input.fold[row]);
  const auto split =
      std::count_if(folds_of.begin(), folds_of.end(), [](const auto& group) { return group.second.size() > 1; });
  const Html from = " from "_html + escaped(counted(static_cast<long>(folds_of.size()), "group"));
  if (split == 0) return from + "; no group is on both sides of a fold"_html;
  return from + "; "_html + escaped(counted(split, "group")) +
         " with songs in more than one fold, which flatters the scores"_html;
}

}  // namespace

Html music_section(const ReportInput& input, Pictures& pictures) {
  const Catalog& catalog = input.catalog;
  if (catalog.label.empty()) return {};
  const std::vector<Genre> genres = genres_of(catalog);
  Html lead = escaped(counted(static_cast<long>(catalog.label.size()), "training song")) + " of "_html +
              escaped(counted(catalog.classes(), "genre"));
  if (!catalog.group.empty()) lead += about_groups(input);
  Html body = "<div class=\"figures\">"_html + distribution_figure(pictures, catalog, genres);
  if (!input.fold.empty()) body += balance_figure(pictures, input, genres);
  return section("music", "Music", lead + "."_html, body + "</div>\n"_html);
}

}  // namespace foldwave::report
