#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "foldwave/report/report.h"
#include "report/efficiency.h"
#include "report/missing.h"
#include "report/score_title.h"
#include "report/series.h"
#include "report/text_table.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::TrialState;
using Line = TextRow;

std::string stages(const journal::RunRecord& record) {
  std::vector<Line> lines{{"stage", "state", "took", "outcome"}};
  for (const journal::StageRecord& stage : record.stages)
    lines.push_back({stage.name, stage.state, elapsed(stage.started_s, stage.ended_s), stage.detail});
  return lines.size() > 1 ? "\n" + aligned(lines, {false, false, true, false}) : "";
}

std::string how_far(const journal::TrialRecord& trial, const std::string& state) {
  std::string text = fmt::format("  {:<9}{}: epoch {} of {}", state, printable(trial.id), trial.epoch, trial.epochs);
  if (trial.epoch > 0 && std::isfinite(trial.best_macro_f1)) text += ", best F1 " + f1(trial.best_macro_f1);
  return text;
}

// How far it is, how good, how fast, until when, and where.
std::string running(const journal::TrialRecord& trial) {
  std::string text = how_far(trial, "running");
  if (const double epoch_s = seconds_per_epoch(trial); epoch_s > 0)
    text += fmt::format(", {} an epoch, {} left", duration(epoch_s), duration(epoch_s * (trial.epochs - trial.epoch)));
  if (trial.group >= 0)
    text += fmt::format(", group {}{}", trial.group, trial.host.empty() ? "" : " on " + printable(trial.host));
  return text + "\n";
}

std::string trials(const journal::RunRecord& record) {
  const bool halved = count(record, TrialState::dropped) > 0;
  std::vector<Line> lines{{"model", "finished", "running", "pending", "failed", "validation F1", "took"}};
  std::vector<bool> right{false, true, true, true, true, true, true};
  if (halved) {
    lines[0].emplace_back("dropped");
    right.push_back(true);
  }
  for (const Series& series : series_of(record)) {
    lines.push_back({series.name, fmt::format("{}/{}", series.count(TrialState::finished), series.trials.size()),
                     std::to_string(series.count(TrialState::running)),
                     std::to_string(series.count(TrialState::pending)),
                     std::to_string(series.count(TrialState::failed)), f1(series.mean_valid_f1()),
                     series.seconds() > 0 ? duration(series.seconds()) : "-"});
    if (halved) lines.back().push_back(std::to_string(series.count(TrialState::dropped)));
  }
  std::string text = lines.size() > 1 ? "\n" + aligned(lines, right) : "";
  for (const auto& [id, trial] : record.trials) {
    if (trial.state == TrialState::running) text += running(trial);
    if (trial.state == TrialState::pending && trial.epoch > 0) text += how_far(trial, "begun") + "\n";
    if (trial.state == TrialState::failed)
      text += fmt::format("  failed   {}: {}\n", printable(id), printable(trial.message));
  }
  return text;
}

std::string scores(const std::vector<ScoreRow>& all) {
  std::vector<Line> lines{{"", "score", "OOF macro F1", "folds"}};
  for (const ScoreRow& score : all) {
    const std::string name = score.name + (score.optimistic ? " (optimistic)" : "");
    lines.push_back(
        {score.chosen ? "*" : "", name, with_error(score.oof_macro_f1, score.standard_error), fold_range(score)});
  }
  return lines.size() > 1 ? "\n" + aligned(lines, {false, false, true, true}) : "";
}

std::string how_it_goes(const journal::LaunchRecord& launch) {
  constexpr double noteworthy_s = 10;  // a launch renews its lease every second
  if (!launch.ending.empty()) return launch.ending;
  if (launch.silent_s < noteworthy_s) return "running";
  return fmt::format("running, or lost: its lease was last renewed {} ago", duration(launch.silent_s));
}

bool is_at_work(const journal::LaunchRecord& launch) { return launch.ending.empty(); }

long count_at_work(const journal::RunRecord& record) {
  return std::count_if(record.launches.begin(), record.launches.end(), is_at_work);
}

// The last of those that are at work, where any is; of launches that share a run another may have come, and ended,
// later.
const journal::LaunchRecord& last_at_work(const journal::RunRecord& record) {
  const auto found = std::find_if(record.launches.rbegin(), record.launches.rend(), is_at_work);
  return found == record.launches.rend() ? record.launches.back() : *found;
}

}  // namespace

std::string status_text(const ReportInput& input) {
  const journal::RunRecord& record = input.record;
  std::string text = printable(record.directory.string()) + "\n";
  if (!record.launches.empty()) {
    const journal::LaunchRecord& last = last_at_work(record);
    const long at_work = count_at_work(record);
    text += fmt::format("  {}{}, the last{} on {} with {}, {}: {}\n",
                        record.launches.size() == 1 ? "1 launch" : fmt::format("{} launches", record.launches.size()),
                        at_work > 1 ? fmt::format(", {} of them at work", at_work) : "", at_work > 1 ? " of these" : "",
                        printable(last.host), counted(last.ranks, "rank"), utc(last.started_s), how_it_goes(last));
  }
  text += stages(record) + trials(record);
  if (const Efficiency found = efficiency_of(record); found.known())
    text += "\n  efficiency: " + sentence_of(found) + "\n";
  text += scores(input.scores);
  if (!input.chosen_reason.empty()) text += "  * chosen: " + printable(input.chosen_reason) + "\n";
  if (std::any_of(input.scores.begin(), input.scores.end(), [](const ScoreRow& score) { return score.optimistic; }))
    text += "  optimistic: an epoch was chosen by the songs that are scored\n";
  if (!input.submission.empty()) text += "  submission: " + printable(input.submission) + "\n";
  const std::vector<std::string> sentences = missing(input);
  if (!sentences.empty()) text += "\n";
  for (const std::string& sentence : sentences) text += "  " + printable(sentence) + "\n";
  return text;
}

}  // namespace foldwave::report
