#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "foldwave/core/errors.h"
#include "foldwave/core/trial_id.h"
#include "foldwave/report/report.h"
#include "report/readable.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using catalog::PredictionTable;

std::vector<WrongTrack> most_confidently_wrong(const PredictionTable& oof, size_t most) {
  const std::vector<int> answer = catalog::most_likely(oof.probability, oof.classes);
  const auto probability = [&](size_t row, int genre) {
    return static_cast<double>(oof.probability[row * static_cast<size_t>(oof.classes) + static_cast<size_t>(genre)]);
  };
  std::vector<size_t> rows;
  for (size_t row = 0; row < oof.rows(); ++row)
    if (oof.label[row] >= 0 && oof.label[row] < oof.classes && oof.label[row] != answer[row] &&
        std::isfinite(probability(row, answer[row])))
      rows.push_back(row);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](size_t a, size_t b) { return probability(a, answer[a]) > probability(b, answer[b]); });
  if (rows.size() > most) rows.resize(most);
  std::vector<WrongTrack> wrong;
  for (const size_t row : rows)
    wrong.push_back({.song_id = oof.song_id[row],
                     .path = "",
                     .truth = oof.label[row],
                     .predicted = answer[row],
                     .probability = probability(row, answer[row]),
                     .of_truth = probability(row, oof.label[row]),
                     .models = {}});
  return wrong;
}

using NumberOf = std::unordered_map<std::string, size_t>;  // song_id -> place in ReportInput::wrong

void find_paths(ReportInput& input, const NumberOf& number_of) {
  const catalog::Tracks& tracks = input.catalog.tracks;
  for (size_t track = 0; track < tracks.size(); ++track)
    if (const auto found = number_of.find(std::string(tracks.id(track))); found != number_of.end())
      input.wrong[found->second].path = tracks.path(track);
}

// Of one model and one track: the sum over its seeds.
struct Sum {
  std::vector<double> probability;  // [classes]
  int seeds = 0;
};
using Sums = std::map<std::string, std::vector<Sum>>;  // model -> [wrong tracks]

void add(const PredictionTable& table, const std::string& model, const NumberOf& number_of, Sums& sums) {
  std::vector<Sum>& of_model = sums[model];
  of_model.resize(number_of.size());
  const auto classes = static_cast<size_t>(table.classes);
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto found = number_of.find(table.song_id[row]);
    if (found == number_of.end()) continue;
    Sum& sum = of_model[found->second];
    sum.probability.resize(classes, 0);
    for (size_t k = 0; k < classes; ++k) sum.probability[k] += table.probability[row * classes + k];
    ++sum.seeds;
  }
}

Sums ask_the_trials(ReportInput& input, const NumberOf& number_of) {
  Sums sums;
  long absent = 0;
  for (const auto& entry : input.record.trials) {
    const std::string& id = entry.first;
    if (entry.second.state != journal::TrialState::finished || TrialId::parse(id).is_refit()) continue;
    if (!input.stacked.empty() && !input.stacked.contains(id)) continue;
    const std::filesystem::path oof = input.record.directory / "trials" / id / "oof.h5";
    std::error_code error;
    absent += !std::filesystem::exists(oof, error);
    where_there_is(oof, input, [&](const std::filesystem::path& path) {
      const PredictionTable table = catalog::read_predictions(path);
      if (table.classes != input.oof.classes)
        throw InputError(
            fmt::format("{} is of {} classes, the ensemble of {}", path.string(), table.classes, input.oof.classes));
      add(table, TrialId::parse(id).point, number_of, sums);
    });
  }
  // Of other programs, as stack has left them.
  for (int number = 0;; ++number) {
    const std::filesystem::path oof = input.record.directory / "ensemble" / fmt::format("outside-{}.h5", number);
    std::error_code error;
    if (!std::filesystem::exists(oof, error)) break;
    where_there_is(oof, input, [&](const std::filesystem::path& path) {
      const PredictionTable table = catalog::read_predictions(path);
      if (table.classes == input.oof.classes) add(table, table.model, number_of, sums);
    });
  }
  if (absent > 0)
    input.unreadable.push_back(
        fmt::format("The out-of-fold predictions of {} are missing.", counted(absent, "finished trial")));
  return sums;
}

Opinion opinion_of(const std::string& model, const Sum& sum, int truth) {
  const auto best = std::max_element(sum.probability.begin(), sum.probability.end());
  return {.model = model,
          .genre = static_cast<int>(best - sum.probability.begin()),
          .probability = *best / sum.seeds,
          .of_truth = sum.probability[static_cast<size_t>(truth)] / sum.seeds};
}

}  // namespace

void read_wrong_tracks(ReportInput& input, size_t most) {
  if (input.oof.rows() == 0 || input.oof.classes < 1) return;
  input.wrong = most_confidently_wrong(input.oof, most);
  NumberOf number_of;
  for (size_t i = 0; i < input.wrong.size(); ++i) number_of.emplace(input.wrong[i].song_id, i);
  find_paths(input, number_of);
  for (const auto& [model, of_tracks] : ask_the_trials(input, number_of))
    for (size_t i = 0; i < of_tracks.size(); ++i)
      if (of_tracks[i].seeds > 0)
        input.wrong[i].models.push_back(opinion_of(model, of_tracks[i], input.wrong[i].truth));
}

}  // namespace foldwave::report
