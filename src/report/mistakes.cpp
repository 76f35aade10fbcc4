#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "report/genre_metrics.h"
#include "report/mel_axis.h"
#include "report/sections.h"
#include "report/spectrogram_chart.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

constexpr size_t most_models_shown = 6;  // more are folded
constexpr SpectrogramLayout layout{.width = 480,
                                   .height = 220,
                                   .top = 8,
                                   .left = 84,
                                   .right = 92,
                                   .bottom = 62,
                                   .most_columns = 318,
                                   .colours = 64,
                                   .scale_named = false};

std::string percent(double probability) { return fmt::format("{:.0f} %", 100 * probability); }

Html opinions_table(const WrongTrack& track, const catalog::Catalog& catalog) {
  std::vector<Opinion> surest_first = track.models;
  std::stable_sort(surest_first.begin(), surest_first.end(),
                   [](const Opinion& a, const Opinion& b) { return a.probability > b.probability; });
  std::vector<std::vector<Html>> rows;
  for (const Opinion& opinion : surest_first) {
    const Html genre = breakable(shortened(genre_name(catalog, opinion.genre), 60));
    rows.push_back({breakable(opinion.model), opinion.genre == track.truth ? "<b>"_html + genre + "</b> ✓"_html : genre,
                    escaped(percent(opinion.probability)), escaped(percent(opinion.of_truth))});
  }
  return table({{"model"}, {"said"}, {"probability", true}, {"true genre", true}}, rows);
}

// The mean level in a few bands and quarters of the track, for those who cannot see the picture.
Html levels_table(const Spectrogram& spectrogram, const features::FeatureConfig& features) {
  constexpr int quarters = 4;
  const std::vector<MelTick> ticks = mel_ticks(features);
  std::vector<Column> columns{{"frequency (Hz)"}};
  for (int q = 1; q <= quarters; ++q) columns.push_back({fmt::format("quarter {} (dB)", q), true});
  std::vector<std::vector<Html>> rows;
  for (size_t t = 0; t + 1 < ticks.size(); ++t) {
    const int low = std::clamp(static_cast<int>(std::lround(ticks[t].bin)), 0, features.n_mels - 1);
    const int high = std::clamp(static_cast<int>(std::lround(ticks[t + 1].bin)), low + 1, features.n_mels);
    std::vector<Html>& row = rows.emplace_back();
    row.push_back(escaped(fmt::format("{:.0f} – {:.0f}", ticks[t].hz, ticks[t + 1].hz)));
    for (int q = 0; q < quarters; ++q) {
      double sum = 0;
      long cells = 0;
      for (int frame = q * spectrogram.frames / quarters; frame < (q + 1) * spectrogram.frames / quarters; ++frame)
        for (int mel = low; mel < high; ++mel, ++cells)
          sum += spectrogram
                     .db[static_cast<size_t>(frame) * static_cast<size_t>(features.n_mels) + static_cast<size_t>(mel)];
      row.push_back(escaped(cells ? fmt::format("{:.0f}", sum / static_cast<double>(cells)) : "-"));
    }
  }
  return table(columns, rows);
}

Html picture_of(const WrongTrack& track, const ReportInput& input, size_t number, Pictures& pictures) {
  if (!input.spectrogram_of) return "<p class=\"absent\">No picture: the feature store is not there.</p>\n"_html;
  try {
    const Spectrogram spectrogram = input.spectrogram_of(track.song_id);
    Chart chart = chart_of(spectrogram, input.features, layout);
    chart.id = fmt::format("wrong-{}", number);
    chart.description = "Mel spectrogram of song " + track.song_id + ": frequency in Hz over time in s, level in dB";
    return pictures.picture(chart) + folded("Table of levels", levels_table(spectrogram, input.features));
  } catch (const Error& error) {
    return "<p class=\"absent\">No picture: "_html + escaped(error.what()) + ".</p>\n"_html;
  }
}

Html who_said_so(const WrongTrack& track) {
  const auto all = static_cast<long>(track.models.size());
  const auto said = [&](int genre) {
    return std::count_if(track.models.begin(), track.models.end(),
                         [&](const Opinion& opinion) { return opinion.genre == genre; });
  };
  if (all == 0) return "<p class=\"note\">What the models said is not there.</p>\n"_html;
  return "<p class=\"note\">"_html +
         escaped(fmt::format("Of {}, {} said the same and {} the true genre.", counted(all, "model"),
                             said(track.predicted), said(track.truth))) +
         "</p>\n"_html;
}

Html card_of(const WrongTrack& track, const ReportInput& input, size_t number, Pictures& pictures) {
  const Html table = opinions_table(track, input.catalog);
  Html html = "<figure class=\"wrong\"><h3>"_html + breakable(shortened(track.song_id, 80));
  if (!track.path.empty())
    html += " <span class=\"note\">"_html + breakable(shortened(track.path, 120)) + "</span>"_html;
  html += "</h3>\n<p>"_html + breakable(shortened(genre_name(input.catalog, track.truth), 60)) +
          ", taken for <b>"_html + breakable(shortened(genre_name(input.catalog, track.predicted), 60)) +
          "</b> with "_html + escaped(percent(track.probability)) + "; "_html + escaped(percent(track.of_truth)) +
          " for the true genre.</p>\n"_html;
  html += picture_of(track, input, number, pictures) + who_said_so(track);
  if (!track.models.empty())
    html += track.models.size() <= most_models_shown ? table : folded("What each model said", table);
  return html + "</figure>\n"_html;
}

}  // namespace

Html mistakes_section(const ReportInput& input, Pictures& pictures) {
  if (input.wrong.empty()) return {};
  Html body = "<div class=\"figures\">"_html;
  for (size_t i = 0; i < input.wrong.size(); ++i) body += card_of(input.wrong[i], input, i + 1, pictures);
  const bool all_of_them = input.wrong.size() == 1;
  return section(
      "mistakes", "Confidently wrong",
      escaped(all_of_them ? "The track" : fmt::format("The {} tracks", input.wrong.size())) +
          " that the chosen method is most certain and wrong about, each as a mel spectrogram (time in s, frequency in Hz, level in dB re the track's maximum) with what every model said of it out of fold. A wrong label looks just like this."_html,
      body + "</div>\n"_html);
}

}  // namespace foldwave::report
