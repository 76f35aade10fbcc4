#include "report/missing.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/series.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::TrialState;

void about_trials(const ReportInput& input, std::vector<std::string>& sentences) {
  const journal::RunRecord& record = input.record;
  if (record.trials.empty()) {
    if (input.scores.empty()) sentences.push_back("No trial has been planned yet.");  // else stacked from elsewhere
    return;
  }
  if (!all_settled(record))
    sentences.push_back(fmt::format("{} of {} finished: {}.", count(record, TrialState::finished),
                                    counted(static_cast<long>(record.trials.size()), "trial"), unfinished(record)));
}

// Of finished trials, whose metrics.csv should tell of them.
void about_curves(const ReportInput& input, std::vector<std::string>& sentences) {
  const auto without = std::count_if(input.record.trials.begin(), input.record.trials.end(), [&](const auto& entry) {
    const auto found = input.epochs.find(entry.first);
    return entry.second.state == TrialState::finished && (found == input.epochs.end() || found->second.empty());
  });
  if (without > 0)
    sentences.push_back(fmt::format("The learning curves of {} are missing: metrics.csv tells of no epoch.",
                                    counted(without, "finished trial")));
}

void about_launches(const ReportInput& input, std::vector<std::string>& sentences) {
  if (input.record.launches.empty()) {
    sentences.push_back("Nothing has been started in this run directory.");
    return;
  }
  const journal::LaunchRecord& last = input.record.launches.back();
  if (last.ending == "failed")
    sentences.push_back(fmt::format("The last launch, on {}, failed: {}", last.host, last.message));
  if (last.ending == "stopped")
    sentences.push_back("The last launch stopped early with everything saved; the same command goes on.");
  if (last.ending == "lost")
    sentences.push_back(fmt::format("The last launch, on {} since {}, died without a word; the same command goes on.",
                                    last.host, utc(last.started_s)));
  const bool complete = (!input.scores.empty() || !input.only_asked.empty()) && all_settled(input.record);
  if (last.ending.empty() && !complete)
    sentences.push_back(fmt::format("The last launch, on {} since {}, is running.", last.host, utc(last.started_s)));
}

}  // namespace

std::vector<std::string> missing(const ReportInput& input) {
  std::vector<std::string> sentences;
  about_launches(input, sentences);
  if (input.only_asked.empty())
    about_trials(input, sentences);
  else
    sentences.push_back(input.only_asked);
  if (input.scores.empty() && input.only_asked.empty() && !input.damaged.contains("scores.json"))
    sentences.push_back("There are no scores yet: the models have not been stacked.");
  if (!input.scores.empty() && input.oof.rows() == 0)
    sentences.push_back(
        "The chosen method's out-of-fold predictions are missing, so nothing is said about single genres.");
  about_curves(input, sentences);
  if (input.submission.rfind("none", 0) == 0) sentences.push_back("Submission: " + input.submission + ".");
  if (!input.catalog.train.empty() && input.fold.empty() && !input.damaged.contains("folds.csv"))
    sentences.push_back(input.record.trials.empty() ? "The folds have not been made yet."
                                                    : "folds.csv is missing, so nothing is said about the folds.");
  constexpr size_t most_named = 8;
  for (size_t i = 0; i < std::min(most_named, input.unreadable.size()); ++i) sentences.push_back(input.unreadable[i]);
  if (input.unreadable.size() > most_named)
    sentences.push_back(fmt::format("{} more files cannot be read.", input.unreadable.size() - most_named));
  return sentences;
}

}  // namespace foldwave::report
