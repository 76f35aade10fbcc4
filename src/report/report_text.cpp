#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "foldwave/core/trial_id.h"
#include "report/efficiency.h"
#include "report/fold_counts.h"
#include "report/genre_metrics.h"
#include "report/grid_effects.h"
#include "report/missing.h"
#include "report/score_title.h"
#include "report/series.h"
#include "report/text_table.h"
#include "report/versions.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

constexpr size_t longest_name = 40;

std::string name(const std::string& text) { return shortened(printable(text), longest_name); }

std::string heading(const std::string& title) { return "\n" + title + "\n"; }

std::string verdict(const ReportInput& input) {
  std::string text;
  for (const ScoreRow& score : input.scores)
    if (score.chosen)
      text += fmt::format("  macro F1 {} of {}, out of fold; {}\n",
                          with_error(score.oof_macro_f1, score.standard_error), printable(in_a_sentence(score)),
                          input.standard_error_over.empty()
                              ? "the ± is one standard error"
                              : "the ± is one standard error over " + printable(input.standard_error_over));
  if (text.empty()) text = "  no score yet\n";
  if (!input.chosen_reason.empty()) text += "  " + printable(capital(input.chosen_reason)) + ".\n";
  for (const std::string& sentence : missing(input)) text += "  missing: " + printable(sentence) + "\n";
  return text;
}

std::string scores(const std::vector<ScoreRow>& all) {
  if (all.empty()) return "";
  std::vector<ScoreRow> best_first = all;
  std::stable_sort(best_first.begin(), best_first.end(),
                   [](const ScoreRow& a, const ScoreRow& b) { return a.oof_macro_f1 > b.oof_macro_f1; });
  std::vector<TextRow> lines{{"", "model or blend", "macro F1", "folds"}};
  for (const ScoreRow& score : best_first) {
    lines.push_back({score.chosen ? "*" : "", name(title_of(score)) + (score.optimistic ? " (optimistic)" : ""),
                     with_error(score.oof_macro_f1, score.standard_error), fold_range(score)});
  }
  return heading("Scores") + aligned(lines, {false, false, true, true});
}

std::string trials(const journal::RunRecord& record) {
  if (record.trials.empty()) return "";
  std::vector<TextRow> lines{{"trial", "state", "epoch", "validation F1", "took", "message"}};
  for (const auto& [id, trial] : record.trials) {
    const bool finished = trial.state == journal::TrialState::finished;
    const bool known = (trial.epoch > 0 || finished) && !TrialId::parse(id).is_refit();
    lines.push_back({printable(id), state_name(trial.state),
                     fmt::format("{}/{}", finished ? trial.epochs : trial.epoch, trial.epochs),
                     known ? f1(trial.valid_macro_f1) : "-", trial.seconds > 0 ? duration(trial.seconds) : "-",
                     printable(trial.message)});
  }
  return heading("Trials") + aligned(lines, {false, false, true, true, true, false});
}

std::string genres(const ReportInput& input) {
  if (input.oof.rows() == 0 || input.oof.classes < 1) return "";
  std::vector<TextRow> lines{{"genre", "F1", "precision", "recall", "songs", "predicted"}};
  for (const GenreScore& genre : genre_metrics(input.oof).genres)
    lines.push_back({name(genre_name(input.catalog, genre.genre)), f1(genre.f1), f1(genre.precision), f1(genre.recall),
                     std::to_string(genre.songs), std::to_string(genre.taken_for)});
  return heading("F1 by genre, out of fold") + aligned(lines, {false, true, true, true, true, true});
}

// Rows in the order of the class numbers; the columns go by those numbers.
std::string confusion(const ReportInput& input) {
  constexpr int most_columns = 30;
  if (input.oof.rows() == 0 || input.oof.classes < 1 || input.oof.classes > most_columns) return "";
  const GenreMetrics metrics = genre_metrics(input.oof);
  std::vector<TextRow> lines{{"", "true \\ predicted"}};
  std::vector<bool> right{true, false};
  for (int truth = 0; truth < input.oof.classes; ++truth) {
    lines[0].push_back(std::to_string(truth + 1));
    right.push_back(true);
  }
  for (int truth = 0; truth < input.oof.classes; ++truth) {
    TextRow& line = lines.emplace_back(TextRow{std::to_string(truth + 1), name(genre_name(input.catalog, truth))});
    for (int predicted = 0; predicted < input.oof.classes; ++predicted)
      line.push_back(metrics.at(truth, predicted) ? std::to_string(metrics.at(truth, predicted)) : ".");
  }
  return heading("What is taken for what, songs") + aligned(lines, right);
}

std::string music(const ReportInput& input) {
  const catalog::Catalog& catalog = input.catalog;
  if (catalog.label.empty()) return "";
  const int folds = input.fold.empty() ? 0 : *std::max_element(input.fold.begin(), input.fold.end()) + 1;
  const std::vector<int> count = songs_in_folds(catalog, input.fold, std::max(folds, 0));
  std::vector<int> songs(static_cast<size_t>(catalog.classes()), 0);
  for (const int label : catalog.label) ++songs[static_cast<size_t>(label)];
  std::vector<TextRow> lines{{"genre", "songs"}};
  std::vector<bool> right{false, true};
  for (int fold = 0; fold < folds; ++fold) lines[0].push_back(fmt::format("fold {}", fold)), right.push_back(true);
  for (int genre = 0; genre < catalog.classes(); ++genre) {
    TextRow& line = lines.emplace_back(
        TextRow{name(genre_name(catalog, genre)), std::to_string(songs[static_cast<size_t>(genre)])});
    for (int fold = 0; fold < folds; ++fold)
      line.push_back(
          std::to_string(count[static_cast<size_t>(genre) * static_cast<size_t>(folds) + static_cast<size_t>(fold)]));
  }
  return heading("Training songs by genre and fold") + aligned(lines, right);
}

std::string grid(const ReportInput& input) {
  std::vector<TextRow> lines{{"axis", "level", "against", "difference in F1", "s.d.", "better in"}};
  for (const AxisEffect& effect : grid_effects(input.record, input.without_augmentation))
    for (const LevelEffect& level : effect.level)
      lines.push_back({name(effect.axis), name(level.level), name(effect.reference),
                       level.difference.empty() ? "no pair" : fmt::format("{:+.3f}", level.mean()),
                       f1(level.standard_deviation()), better_of(level)});
  if (lines.size() == 1) return "";
  return heading("What the grid says: pairs of trials of a fold that differ in one axis alone") +
         aligned(lines, {false, false, false, true, true, true});
}

std::string schedule(const ReportInput& input) {
  std::vector<TextRow> lines{{"began", "took", "group", "trial", "ending"}};
  for (const journal::SpanRecord& span : input.record.spans)
    lines.push_back({utc(span.started_s), elapsed(span.started_s, span.ended_s),
                     (span.part.empty() ? "" : printable(span.part) + " ") + std::to_string(span.group),
                     printable(span.trial), span.ending.empty() ? "running" : printable(span.ending)});
  std::string text = lines.size() > 1 ? heading("Schedule") + aligned(lines, {false, true, true, false, false}) : "";
  if (const Efficiency found = efficiency_of(input.record); found.known())
    text += heading("Efficiency") + "  " + sentence_of(found) + "\n";
  return text;
}

std::string mistakes(const ReportInput& input) {
  if (input.wrong.empty()) return "";
  std::vector<TextRow> lines{{"song", "true genre", "taken for", "with", "models that said so"}};
  for (const WrongTrack& track : input.wrong) {
    const auto same = std::count_if(track.models.begin(), track.models.end(),
                                    [&](const Opinion& opinion) { return opinion.genre == track.predicted; });
    lines.push_back({name(track.song_id), name(genre_name(input.catalog, track.truth)),
                     name(genre_name(input.catalog, track.predicted)), fmt::format("{:.0f} %", 100 * track.probability),
                     track.models.empty() ? "-" : fmt::format("{} of {}", same, track.models.size())});
  }
  return heading("Confidently wrong") + aligned(lines, {false, false, false, true, true});
}

std::string quarantine(const ReportInput& input) {
  if (input.quarantine.empty()) return "";
  constexpr size_t most = 100;
  std::vector<TextRow> lines{{"file", "reason"}};
  for (size_t i = 0; i < std::min(most, input.quarantine.size()); ++i)
    lines.push_back({printable(input.quarantine[i].first), printable(input.quarantine[i].second)});
  std::string text = heading("Quarantine: " + counted(static_cast<long>(input.quarantine.size()), "file")) +
                     aligned(lines, {false, false});
  if (input.quarantine.size() > most) text += fmt::format("  ... and {} more\n", input.quarantine.size() - most);
  return text;
}

std::string repeat(const ReportInput& input) {
  std::vector<TextRow> lines{{"library", "version"}};
  for (const auto& [library, version] : versions_of(input)) lines.push_back({printable(library), printable(version)});
  std::string text = lines.size() > 1 ? heading("Versions") + aligned(lines, {false, false}) : "";
  if (const std::string command = command_of(input); !command.empty())
    text += heading(given_in(input).empty() ? "To repeat this" : "To repeat this, in " + printable(given_in(input))) +
            "  " + printable(command) + "\n";
  return text;
}

}  // namespace

std::string report_text(const ReportInput& input) {
  return printable(input.record.directory.string()) + "\n" + verdict(input) + scores(input.scores) +
         trials(input.record) + genres(input) + confusion(input) + music(input) + grid(input) + schedule(input) +
         mistakes(input) + quarantine(input) + repeat(input);
}

}  // namespace foldwave::report
