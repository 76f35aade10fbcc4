#include "experiment/chronicle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "foldwave/core/stop.h"
#include "foldwave/models/backbones.h"

namespace foldwave::experiment {
namespace {

using planning::TrialSpec;
using Json = nlohmann::json;

// JSON has no NaN: the macro F1 of a fit on all rows travels as null.
double macro_f1_from(const Json& f1) { return f1.is_null() ? std::nan("") : f1.get<double>(); }

}  // namespace

Chronicle::Chronicle(const Experiment& experiment, const std::vector<TrialSpec>& trials, const planning::Layout& layout,
                     int until_epoch)
    : experiment_(experiment), trials_(trials), layout_(layout) {
  for (const TrialSpec& trial : trials) {
    int64_t epochs = trial.settings.integer("train.epochs");
    if (until_epoch > 0) epochs = std::min<int64_t>(epochs, until_epoch);
    total_ += epochs;
    work_total_ += static_cast<double>(epochs) * models::relative_cost(trial.model);
  }
  show("");
}

void Chronicle::started(int item, int leader) {
  const int first_rank = layout_.groups[static_cast<size_t>(leader)].front();
  experiment_.journal->trial_started(id(item), leader, experiment_.hosts[static_cast<size_t>(first_rank)]);
}

void Chronicle::news(int item, const std::string& text) {
  const Json json = Json::parse(text);
  if (json.contains("note")) {
    experiment_.journal->note(json["note"]);
    experiment_.progress.note(json["note"]);
    return;
  }
  if (json.contains("f1_of_past_epochs")) {
    std::vector<double> f1_of_epoch;
    for (const Json& f1 : json["f1_of_past_epochs"]) f1_of_epoch.push_back(macro_f1_from(f1));
    return tell_again(item, f1_of_epoch);
  }
  const int epoch = json["epoch"];
  const double f1 = macro_f1_from(json["f1"]);
  experiment_.journal->trial_epoch(id(item), epoch, f1);
  done_ += epoch - epoch_of_[item];
  work_done_ += (epoch - epoch_of_[item]) * models::relative_cost(trials_[static_cast<size_t>(item)].model);
  epoch_of_[item] = epoch;
  show(fmt::format("{} epoch {}/{}{}", id(item), epoch, json["epochs"].get<int>(),
                   std::isnan(f1) ? "" : fmt::format(", validation F1 {:.3f}", f1)));
}

// The rank that keeps the journal may have been killed before it heard of the last of them.
void Chronicle::tell_again(int item, const std::vector<double>& f1_of_epoch) {
  if (!before_) before_ = journal::replay(experiment_.run_directory);
  const auto known = before_->trials.find(id(item));
  const int told = known == before_->trials.end() ? 0 : known->second.epoch;
  for (int epoch = told + 1; epoch <= static_cast<int>(f1_of_epoch.size()); ++epoch)
    experiment_.journal->trial_epoch(id(item), epoch, f1_of_epoch[static_cast<size_t>(epoch - 1)]);
}

void Chronicle::ended(int item, int leader, const std::string& text) {
  const Json json = Json::parse(text);
  const std::string state = json["state"];
  const Json& use = json["use"];
  experiment_.journal->trial_used(id(item), leader,
                                  {use["ranks"], use["seconds"], use["data_s"], use["others_s"], use["peak_mib"]});
  if (state == "finished") experiment_.journal->trial_finished(id(item), macro_f1_from(json["f1"]), use["seconds"]);
  if (state == "paused" || state == "postponed") experiment_.journal->trial_paused(id(item));
  if (state == "postponed") postponed_ = true;
  if (state == "stopped") StopFlag::raise();
  if (state != "failed") return;
  experiment_.journal->trial_failed(id(item), json["message"]);
  experiment_.progress.say(LogLevel::error,
                           fmt::format("trial {} failed: {}", id(item), json["message"].get<std::string>()));
}

void Chronicle::show(const std::string& detail) {
  experiment_.progress.update({"train", "epochs", done_, total_, detail, work_done_, work_total_});
}

}  // namespace foldwave::experiment
