#include "experiment/trial_group.h"

#include <fmt/format.h>

#include <algorithm>

#include "experiment/set_up.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/log.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/wait_within.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/journal/roll_call.h"

namespace foldwave::experiment {
namespace {

using planning::TrialSpec;
using Json = nlohmann::json;

constexpr int kDismissed = -1;
constexpr const char* kWaits = "train, waits for a trial";

Json use_of(const std::vector<Json>& outcomes, double seconds) {
  double data_s = 0, others_s = 0, peak_mib = 0;
  for (const Json& outcome : outcomes) {
    data_s += outcome.value("data_s", 0.0) / static_cast<double>(outcomes.size());
    others_s += outcome.value("others_s", 0.0) / static_cast<double>(outcomes.size());
    peak_mib = std::max(peak_mib, outcome.value("peak_mib", 0.0));
  }
  return {{"ranks", outcomes.size()},
          {"seconds", seconds},
          {"data_s", data_s},
          {"others_s", others_s},
          {"peak_mib", peak_mib}};
}

const char* name_of(training::TrialEnding ending) {
  if (ending == training::TrialEnding::at_rung) return "paused";
  return ending == training::TrialEnding::out_of_time ? "postponed" : "finished";
}

Json failed(const std::string& why, bool by_peer) {
  return {{"state", "failed"}, {"message", why}, {"by_peer", by_peer}};
}

}  // namespace

TrialGroup::TrialGroup(const Experiment& experiment, const std::vector<TrialSpec>& trials, int until_epoch,
                       const comm::Group& ranks)
    : experiment_(experiment),
      trials_(trials),
      until_epoch_(until_epoch),
      ranks_(ranks),
      device_(training::choose_device(experiment.world.local_rank())) {
  communicator_ = comm::make_communicator(ranks, device_, experiment.deadlines);
}

std::string TrialGroup::lead(int item, const Say& say) {
  call_members(item);
  std::string outcome = train(item, say);
  Whereabouts::say(kWaits);
  return outcome;
}

void TrialGroup::dismiss() { call_members(kDismissed); }

void TrialGroup::follow() {
  for (;;) {
    Whereabouts::say(kWaits);
    std::string call;
    ranks_.broadcast(call);
    const int item = std::stoi(call);
    if (item == kDismissed) return;
    train(item, [](const std::string&) {});
  }
}

void TrialGroup::call_members(int item) {
  std::string call = std::to_string(item);
  ranks_.broadcast(call);
}

// The first rank hears how it went on each; the first that knows a reason of its own is believed.
std::string TrialGroup::train(int item, const Say& say) {
  const double begin = monotonic_s();
  Json mine = train_here(item, say);
  mine["peak_mib"] = peak_mib();
  log_end(item, mine, monotonic_s() - begin);
  const std::vector<std::string> texts = ranks_.gather(mine.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (texts.empty()) return "";  // not the first
  std::vector<Json> all;
  for (const std::string& text : texts) all.push_back(Json::parse(text));
  const auto culprit = std::find_if(
      all.begin(), all.end(), [](const Json& outcome) { return outcome["state"] == "failed" && !outcome["by_peer"]; });
  Json outcome = culprit == all.end() ? all.front() : *culprit;
  outcome["use"] = use_of(all, monotonic_s() - begin);
  return outcome.dump();
}

// As this rank has it, which is what its peers' logs are compared with.
void TrialGroup::log_end(int item, const Json& mine, double seconds) const {
  const std::string message = mine.value("message", "");
  Log::say(message.empty() ? LogLevel::info : LogLevel::error,
           fmt::format("{}: {} after {:.1f} s, of which {:.1f} waited for data and {:.1f} for other ranks; at most "
                       "{:.0f} MiB{}{}",
                       trials_[static_cast<size_t>(item)].id, mine["state"].get<std::string>(), seconds,
                       mine.value("data_s", 0.0), mine.value("others_s", 0.0), mine["peak_mib"].get<double>(),
                       message.empty() ? "" : ": ", message));
}

Json TrialGroup::train_here(int item, const Say& say) {
  const TrialSpec& trial = trials_[static_cast<size_t>(item)];
  Whereabouts::say("train, " + trial.id);
  Log::say(LogLevel::info,
           fmt::format("{}: begins, rank {} of {} in its group", trial.id, ranks_.rank() + 1, ranks_.size()));
  try {
    const int epochs = static_cast<int>(trial.settings.integer("train.epochs"));
    const auto on_epoch = [&](const training::EpochRecord& epoch) {
      say(Json{{"epoch", epoch.epoch}, {"epochs", epochs}, {"f1", epoch.valid_macro_f1}}.dump());
      Log::say(epoch.seconds >= 1 ? LogLevel::info : LogLevel::debug,
               fmt::format("{} epoch {}/{}: {:.1f} s, {:.1f} songs/s, {:.0f} % of it waited for data", trial.id,
                           epoch.epoch, epochs, epoch.seconds, epoch.samples_per_s, 100 * epoch.wait_share));
    };
    const auto note = [&](const std::string& sentence) {
      say(Json{{"note", trial.id + ": " + sentence}}.dump(-1, ' ', false, Json::error_handler_t::replace));
    };
    const auto told_before = [&](const std::vector<training::EpochRecord>& past) {
      Json f1 = Json::array();
      for (const training::EpochRecord& epoch : past) f1.push_back(epoch.valid_macro_f1);
      say(Json{{"f1_of_past_epochs", f1}}.dump());
    };
    training::TrialSetup setup = set_up(experiment_, trial, until_epoch_, note);
    setup.told_before = told_before;
    const auto outcome = training::train_trial(setup, experiment_.store, *communicator_, device_, on_epoch);
    Json json{{"state", name_of(outcome.ending)}, {"data_s", outcome.use.data_s}, {"others_s", outcome.use.others_s}};
    if (outcome.ending == training::TrialEnding::finished) json["f1"] = outcome.oof.macro_f1;
    return json;
  } catch (const Stopped&) {
    return {{"state", "stopped"}};
  } catch (const comm::GroupLost& error) {
    end_for_lost_group(experiment_, trial.id + ": " + error.what());
  } catch (const comm::PeerFailed& error) {
    return failed(error.what(), true);
  } catch (const std::exception& error) {
    return failed(error.what(), false);
  }
}

void end_for_lost_group(const Experiment& experiment, const std::string& why) {
  wait_within(2, [run = experiment.run_directory, why] {
    journal::note_lost_group(run, why);
    Log::say(LogLevel::error, why);
  });
  experiment.world.end_for_lost_group(why);
}

}  // namespace foldwave::experiment
