#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/models/backbones.h"
#include "foldwave/training/training.h"

namespace foldwave::experiment {
namespace {

using planning::TrialSpec;
using Say = comm::SharedWork::Say;
using Json = nlohmann::json;

// Songs of some training rows that are in the store: a file that could not be used trains nobody.
void collect(const Experiment& experiment, const std::vector<int>& rows, batches::Songs& songs,
             std::vector<std::string>* ids) {
  for (const int row : rows) {
    const std::string& id =
        experiment.catalog.tracks[static_cast<size_t>(experiment.catalog.train[static_cast<size_t>(row)])].id;
    const int track = experiment.store.find(id);
    if (track < 0) continue;
    songs.track.push_back(track);
    songs.label.push_back(experiment.catalog.label[static_cast<size_t>(row)]);
    if (ids != nullptr) ids->push_back(id);
  }
}

training::TrialSetup set_up(const Experiment& experiment, const TrialSpec& trial) {
  training::TrialSetup setup{trial.model,
                             trial.augment,
                             trial.settings,
                             augment::augment_config(trial.settings, trial.augment),
                             trial.seed,
                             trial.fold,
                             trial_directory(experiment.run_directory, trial.id),
                             {},
                             {},
                             {},
                             experiment.catalog.class_ids};
  if (trial.settings.integer("train.threads") == 0)
    setup.settings.set("train.threads", std::to_string(experiment.threads), "launch");
  collect(experiment, experiment.folds.training_rows(trial.fold), setup.train, nullptr);
  collect(experiment, experiment.folds.validation_rows(trial.fold), setup.valid, &setup.valid_ids);
  return setup;
}

// JSON has no NaN: the macro F1 of a fit on all rows travels as null.
double macro_f1_of(const Json& json) { return json["f1"].is_null() ? std::nan("") : json["f1"].get<double>(); }

// A group of ranks that trains one trial after the other; its first rank takes them from the coordinator.
class TrialGroup {
 public:
  TrialGroup(const Experiment& experiment, const std::vector<TrialSpec>& trials, const comm::Group& ranks)
      : experiment_(experiment),
        trials_(trials),
        ranks_(ranks),
        device_(training::choose_device(experiment.world.local_rank())) {
    const bool nccl = device_ >= 0 && comm::built_with_nccl() && ranks.size() > 1;
    communicator_ = nccl ? comm::make_nccl_communicator(ranks, device_) : comm::make_mpi_communicator(ranks);
  }

  // On the leader: tells the members what comes, trains, and returns the outcome as the journal will have it.
  std::string lead(int item, const Say& say) {
    call_members(item);
    return train(item, say);
  }
  void dismiss() { call_members(kDismissed); }
  void follow() {
    for (;;) {
      std::string call;
      ranks_.broadcast(call);
      const int item = std::stoi(call);
      if (item == kDismissed) return;
      train(item, [](const std::string&) {});
    }
  }

 private:
  static constexpr int kDismissed = -1;

  void call_members(int item) {
    std::string call = std::to_string(item);
    ranks_.broadcast(call);
  }

  // All ranks of the group hear how it went on each; the first that knows a reason of its own is believed.
  std::string train(int item, const Say& say) {
    const std::string mine = train_here(item, say);
    for (const std::string& outcome : ranks_.gather(mine)) {
      const Json json = Json::parse(outcome);
      if (json["state"] == "failed" && json["message"].get<std::string>().find("another rank") == std::string::npos)
        return outcome;
    }
    return mine;
  }

  std::string train_here(int item, const Say& say) {
    const TrialSpec& trial = trials_[static_cast<size_t>(item)];
    const double begin = monotonic_s();
    try {
      const int epochs = static_cast<int>(trial.settings.integer("train.epochs"));
      const auto on_epoch = [&](const training::EpochRecord& epoch) {
        say(Json{{"epoch", epoch.epoch}, {"epochs", epochs}, {"f1", epoch.valid_macro_f1}}.dump());
      };
      const auto outcome =
          training::train_trial(set_up(experiment_, trial), experiment_.store, *communicator_, device_, on_epoch);
      return Json{{"state", "finished"}, {"f1", outcome.oof.macro_f1}, {"seconds", monotonic_s() - begin}}.dump();
    } catch (const Stopped&) {
      return Json{{"state", "stopped"}}.dump();
    } catch (const std::exception& error) {
      return Json{{"state", "failed"}, {"message", error.what()}}.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
  }

  const Experiment& experiment_;
  const std::vector<TrialSpec>& trials_;
  comm::Group ranks_;
  int device_;
  std::unique_ptr<comm::Communicator> communicator_;
};

// Rank 0's ear: writes the journal and draws the progress.
class Chronicle {
 public:
  Chronicle(const Experiment& experiment, const std::vector<TrialSpec>& trials)
      : experiment_(experiment), trials_(trials) {
    for (const TrialSpec& trial : trials) {
      const int64_t epochs = trial.settings.integer("train.epochs");
      total_ += epochs;
      work_total_ += static_cast<double>(epochs) * models::relative_cost(trial.model);
    }
    show("");
  }
  void started(int item, int leader) { experiment_.journal->trial_started(id(item), group_of(leader)); }
  void news(int item, const std::string& text) {
    const Json json = Json::parse(text);
    const int epoch = json["epoch"];
    const double f1 = macro_f1_of(json);
    experiment_.journal->trial_epoch(id(item), epoch, f1);
    done_ += epoch - epoch_of_[item];
    work_done_ += (epoch - epoch_of_[item]) * models::relative_cost(trials_[static_cast<size_t>(item)].model);
    epoch_of_[item] = epoch;
    show(fmt::format("{} epoch {}/{}{}", id(item), epoch, json["epochs"].get<int>(),
                     std::isnan(f1) ? "" : fmt::format(", validation F1 {:.3f}", f1)));
  }
  void ended(int item, const std::string& text) {
    const Json json = Json::parse(text);
    const std::string state = json["state"];
    if (state == "finished") experiment_.journal->trial_finished(id(item), macro_f1_of(json), json["seconds"]);
    if (state == "stopped") StopFlag::raise();
    if (state != "failed") return;
    experiment_.journal->trial_failed(id(item), json["message"]);
    experiment_.progress.note(fmt::format("trial {} failed: {}", id(item), json["message"].get<std::string>()));
  }

 private:
  const std::string& id(int item) const { return trials_[static_cast<size_t>(item)].id; }
  int group_of(int leader) const { return leader; }  // leaders are numbered as their groups are
  void show(const std::string& detail) {
    experiment_.progress.update({"train", "epochs", done_, total_, detail, work_done_, work_total_});
  }

  const Experiment& experiment_;
  const std::vector<TrialSpec>& trials_;
  std::map<int, int> epoch_of_;
  int64_t done_ = 0, total_ = 0;
  double work_done_ = 0, work_total_ = 0;
};

std::vector<int> leaders_of(const planning::Layout& layout) {
  std::vector<int> leaders;
  for (const auto& group : layout.groups) leaders.push_back(group.front());
  return leaders;
}

void lead_group(const Experiment& experiment, const std::vector<TrialSpec>& trials, TrialGroup& group,
                const comm::Group& leaders) {
  comm::SharedWork shared;
  shared.work = [&](int item, const Say& say) { return group.lead(item, say); };
  std::optional<Chronicle> chronicle;
  if (experiment.world.rank() == 0) {
    chronicle.emplace(experiment, trials);
    shared.on_start = [&](int item, int leader) { chronicle->started(item, leader); };
    shared.on_news = [&](int item, int, const std::string& news) { chronicle->news(item, news); };
    shared.on_outcome = [&](int item, int, const std::string& outcome) { chronicle->ended(item, outcome); };
  }
  try {
    const int total = static_cast<int>(trials.size());
    if (comm::share_work(leaders, total, shared) < total) StopFlag::raise();  // some rank was told to stop
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

void train_trials(const Experiment& experiment, const std::vector<TrialSpec>& trials, const planning::Layout& layout) {
  const comm::Group& world = experiment.world.all();
  const int rank = world.rank();
  constexpr int kLeadersTag = 1, kGroupTag = 2;
  std::exception_ptr error;  // rank 0 has it too, for what ends one leader's work ends all leaders'
  try {
    for (size_t i = 0; i < layout.groups.size(); ++i) {
      const std::vector<int>& members = layout.groups[i];
      if (std::find(members.begin(), members.end(), rank) == members.end()) continue;
      TrialGroup group(experiment, trials, world.subgroup(members, kGroupTag + static_cast<int>(i)));
      if (rank == members.front())
        lead_group(experiment, trials, group, world.subgroup(leaders_of(layout), kLeadersTag));
      else
        group.follow();
    }
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
