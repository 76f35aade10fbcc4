#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "experiment/set_up.h"
#include "foldwave/comm/fail_together.h"
#include "foldwave/comm/share_work.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/log.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/wait_within.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/journal/roll_call.h"
#include "foldwave/models/backbones.h"

namespace foldwave::experiment {
namespace {

using planning::TrialSpec;
using Say = comm::SharedWork::Say;
using Json = nlohmann::json;

[[noreturn]] void note_and_end(const Experiment& experiment, const std::string& why) {
  wait_within(2, [run = experiment.run_directory, why] {
    journal::note_lost_group(run, why);
    Log::say(LogLevel::error, why);
  });
  experiment.world.end_for_lost_group(why);
}

// JSON has no NaN: the macro F1 of a fit on all rows travels as null.
double macro_f1_of(const Json& json) { return json["f1"].is_null() ? std::nan("") : json["f1"].get<double>(); }

// A group of ranks that trains one trial after the other; its first rank takes them from the coordinator.
class TrialGroup {
 public:
  TrialGroup(const Experiment& experiment, const std::vector<TrialSpec>& trials, int until_epoch,
             const comm::Group& ranks)
      : experiment_(experiment),
        trials_(trials),
        until_epoch_(until_epoch),
        ranks_(ranks),
        device_(training::choose_device(experiment.world.local_rank())) {
    communicator_ = comm::make_communicator(ranks, device_, experiment.deadlines);
  }

  // On the leader: tells the members what comes, trains, and returns the outcome as the journal will have it.
  std::string lead(int item, const Say& say) {
    call_members(item);
    std::string outcome = train(item, say);
    Whereabouts::say(kWaits);
    return outcome;
  }
  void dismiss() { call_members(kDismissed); }
  void follow() {
    for (;;) {
      Whereabouts::say(kWaits);
      std::string call;
      ranks_.broadcast(call);
      const int item = std::stoi(call);
      if (item == kDismissed) return;
      train(item, [](const std::string&) {});
    }
  }

 private:
  static constexpr int kDismissed = -1;
  static constexpr const char* kWaits = "train, waits for a trial";

  void call_members(int item) {
    std::string call = std::to_string(item);
    ranks_.broadcast(call);
  }

  // The first rank hears how it went on each; the first that knows a reason of its own is believed.
  std::string train(int item, const Say& say) {
    const double begin = monotonic_s();
    Json mine = train_here(item, say);
    mine["peak_mib"] = peak_mib();
    log_end(item, mine, monotonic_s() - begin);
    const std::vector<std::string> texts = ranks_.gather(mine.dump(-1, ' ', false, Json::error_handler_t::replace));
    if (texts.empty()) return "";  // not the first
    std::vector<Json> all;
    for (const std::string& text : texts) all.push_back(Json::parse(text));
    const auto culprit = std::find_if(all.begin(), all.end(), [](const Json& outcome) {
      return outcome["state"] == "failed" && !outcome["by_peer"];
    });
    Json outcome = culprit == all.end() ? all.front() : *culprit;
    outcome["use"] = use_of(all, monotonic_s() - begin);
    return outcome.dump();
  }

  // As this rank has it, which is what its peers' logs are compared with.
  void log_end(int item, const Json& mine, double seconds) const {
    const std::string message = mine.value("message", "");
    Log::say(message.empty() ? LogLevel::info : LogLevel::error,
             fmt::format("{}: {} after {:.1f} s, of which {:.1f} waited for data and {:.1f} for other ranks; at most "
                         "{:.0f} MiB{}{}",
                         trials_[static_cast<size_t>(item)].id, mine["state"].get<std::string>(), seconds,
                         mine.value("data_s", 0.0), mine.value("others_s", 0.0), mine["peak_mib"].get<double>(),
                         message.empty() ? "" : ": ", message));
  }

  static Json use_of(const std::vector<Json>& outcomes, double seconds) {
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

  Json train_here(int item, const Say& say) {
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
      const auto outcome = training::train_trial(set_up(experiment_, trial, until_epoch_, note), experiment_.store,
                                                 *communicator_, device_, on_epoch);
      Json json{{"state", name_of(outcome.ending)}, {"data_s", outcome.use.data_s}, {"others_s", outcome.use.others_s}};
      if (outcome.ending == training::TrialEnding::finished) json["f1"] = outcome.oof.macro_f1;
      return json;
    } catch (const Stopped&) {
      return {{"state", "stopped"}};
    } catch (const comm::GroupLost& error) {
      note_and_end(experiment_, trial.id + ": " + error.what());
    } catch (const comm::PeerFailed& error) {
      return failed(error.what(), true);
    } catch (const std::exception& error) {
      return failed(error.what(), false);
    }
  }

  static const char* name_of(training::TrialEnding ending) {
    if (ending == training::TrialEnding::at_rung) return "paused";
    return ending == training::TrialEnding::out_of_time ? "postponed" : "finished";
  }

  static Json failed(const std::string& why, bool by_peer) {
    return {{"state", "failed"}, {"message", why}, {"by_peer", by_peer}};
  }

  const Experiment& experiment_;
  const std::vector<TrialSpec>& trials_;
  int until_epoch_;
  comm::Group ranks_;
  int device_;
  std::unique_ptr<comm::Communicator> communicator_;
};

// Rank 0's ear: writes the journal and draws the progress.
class Chronicle {
 public:
  Chronicle(const Experiment& experiment, const std::vector<TrialSpec>& trials, const planning::Layout& layout,
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
  void started(int item, int leader) {
    const int first_rank = layout_.groups[static_cast<size_t>(leader)].front();
    experiment_.journal->trial_started(id(item), leader, experiment_.hosts[static_cast<size_t>(first_rank)]);
  }
  void news(int item, const std::string& text) {
    const Json json = Json::parse(text);
    if (json.contains("note")) {
      experiment_.journal->note(json["note"]);
      experiment_.progress.note(json["note"]);
      return;
    }
    const int epoch = json["epoch"];
    const double f1 = macro_f1_of(json);
    experiment_.journal->trial_epoch(id(item), epoch, f1);
    done_ += epoch - epoch_of_[item];
    work_done_ += (epoch - epoch_of_[item]) * models::relative_cost(trials_[static_cast<size_t>(item)].model);
    epoch_of_[item] = epoch;
    show(fmt::format("{} epoch {}/{}{}", id(item), epoch, json["epochs"].get<int>(),
                     std::isnan(f1) ? "" : fmt::format(", validation F1 {:.3f}", f1)));
  }
  void ended(int item, int leader, const std::string& text) {
    const Json json = Json::parse(text);
    const std::string state = json["state"];
    const Json& use = json["use"];
    experiment_.journal->trial_used(id(item), leader,
                                    {use["ranks"], use["seconds"], use["data_s"], use["others_s"], use["peak_mib"]});
    if (state == "finished") experiment_.journal->trial_finished(id(item), macro_f1_of(json), use["seconds"]);
    if (state == "paused" || state == "postponed") experiment_.journal->trial_paused(id(item));
    if (state == "postponed") postponed_ = true;
    if (state == "stopped") StopFlag::raise();
    if (state != "failed") return;
    experiment_.journal->trial_failed(id(item), json["message"]);
    experiment_.progress.say(LogLevel::error,
                             fmt::format("trial {} failed: {}", id(item), json["message"].get<std::string>()));
  }

  bool postponed() const { return postponed_; }  // some trial's next epoch, because the time would not do for it

 private:
  const std::string& id(int item) const { return trials_[static_cast<size_t>(item)].id; }
  void show(const std::string& detail) {
    experiment_.progress.update({"train", "epochs", done_, total_, detail, work_done_, work_total_});
  }

  const Experiment& experiment_;
  const std::vector<TrialSpec>& trials_;
  const planning::Layout& layout_;
  std::map<int, int> epoch_of_;
  bool postponed_ = false;
  int64_t done_ = 0, total_ = 0;
  double work_done_ = 0, work_total_ = 0;
};

constexpr int kLeadersTag = 1, kGroupTag = 2;

int group_of(const planning::Layout& layout, int rank) {  // -1: none
  for (size_t i = 0; i < layout.groups.size(); ++i)
    if (std::find(layout.groups[i].begin(), layout.groups[i].end(), rank) != layout.groups[i].end())
      return static_cast<int>(i);
  return -1;
}

// Collective over the world: groups that cannot be formed end the command on all ranks, before any of them waits for
// work.
std::unique_ptr<TrialGroup> form_group(const Experiment& experiment, const std::vector<TrialSpec>& trials,
                                       const planning::Layout& layout, int until_epoch, int mine) {
  const comm::Group& world = experiment.world.all();
  std::unique_ptr<TrialGroup> group;
  std::exception_ptr failure;
  if (mine >= 0) try {
      const std::vector<int>& members = layout.groups[static_cast<size_t>(mine)];
      group = std::make_unique<TrialGroup>(experiment, trials, until_epoch,
                                           experiment.world.group(members, kGroupTag + mine));
    } catch (const comm::GroupLost& lost) {
      note_and_end(experiment, lost.what());
    } catch (...) {
      failure = std::current_exception();
    }
  comm::fail_together(world, failure);
  return group;
}

std::vector<int> leaders_of(const planning::Layout& layout) {
  std::vector<int> leaders;
  for (const auto& group : layout.groups) leaders.push_back(group.front());
  return leaders;
}

void lead_group(const Experiment& experiment, const std::vector<TrialSpec>& trials, TrialGroup& group,
                const comm::Group& leaders, const planning::Layout& layout, int until_epoch) {
  comm::SharedWork shared;
  shared.may_have = [&](int item, int leader) { return planning::may_have(layout, item, leader); };
  shared.work = [&](int item, const Say& say) { return group.lead(item, say); };
  std::optional<Chronicle> chronicle;
  if (experiment.world.rank() == 0) {
    chronicle.emplace(experiment, trials, layout, until_epoch);
    shared.on_start = [&](int item, int leader) { chronicle->started(item, leader); };
    shared.on_news = [&](int item, int, const std::string& news) { chronicle->news(item, news); };
    shared.on_outcome = [&](int item, int leader, const std::string& outcome) {
      chronicle->ended(item, leader, outcome);
    };
  }
  try {
    const int total = static_cast<int>(trials.size());
    if (comm::share_work(leaders, total, shared) < total) StopFlag::raise();  // some rank was told to stop
    if (chronicle && chronicle->postponed()) StopFlag::raise();
  } catch (...) {
    group.dismiss();
    throw;
  }
  group.dismiss();
}

}  // namespace

std::filesystem::path trial_directory(const std::filesystem::path& run_directory, const std::string& trial_id) {
  return run_directory / "trials" / trial_id;
}

void train_trials(const Experiment& experiment, const std::vector<TrialSpec>& trials, const planning::Layout& layout,
                  int until_epoch) {
  const comm::Group& world = experiment.world.all();
  const int rank = world.rank();
  const int mine = group_of(layout, rank);
  const auto group = form_group(experiment, trials, layout, until_epoch, mine);
  std::exception_ptr error;  // rank 0 has it too, for what ends one leader's work ends all leaders'
  try {
    if (group && rank == layout.groups[static_cast<size_t>(mine)].front())
      lead_group(experiment, trials, *group, experiment.world.group(leaders_of(layout), kLeadersTag), layout,
                 until_epoch);
    else if (group)
      group->follow();
  } catch (...) {
    error = std::current_exception();
  }
  comm::on_rank_0(world, [&] {
    if (error) std::rethrow_exception(error);
    if (StopFlag::raised()) throw Stopped("stopped while training; every trial under way was checkpointed");
    return std::string();
  });
}

}  // namespace foldwave::experiment
