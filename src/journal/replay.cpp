#include <algorithm>
#include <cmath>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/core/trial_id.h"
#include "foldwave/journal/journal.h"
#include "journal/event_file.h"

namespace foldwave::journal {
namespace {

using Json = nlohmann::json;

// JSON has no NaN: it is written as null.
double macro_f1_of(const Json& event) {
  const auto found = event.find("valid_macro_f1");
  return found == event.end() || found->is_null() ? std::nan("") : found->get<double>();
}

double time_of(const Json& event) {
  const auto found = event.find("time");
  return found != event.end() && found->is_number() ? found->get<double>() : 0;
}

// Whose events are being read; a journal begins with its launch.
LaunchRecord launch_of(const RunRecord& record) {
  return record.launches.empty() ? LaunchRecord{} : record.launches.back();
}

// Made where there is none yet.
StageRecord& stage_of(RunRecord& record, const std::string& name) {
  const auto found =
      std::find_if(record.stages.begin(), record.stages.end(), [&](const StageRecord& s) { return s.name == name; });
  return found != record.stages.end() ? *found : record.stages.emplace_back(StageRecord{name, "", 0, 0});
}

void replay_launch(const Json& event, RunRecord& record) {
  LaunchRecord launch;
  launch.id = event.value("id", "");
  launch.host = event.value("host", "");
  launch.job = event.value("job", "");
  launch.part = event.value("part", "");
  launch.command = event.value("command", "");
  launch.ranks = event.value("ranks", 0);
  launch.nodes = event.value("nodes", 1);
  launch.started_s = event.value("time", 0.0);
  record.launches.push_back(launch);
  record.catalog_hash = event.value("catalog", record.catalog_hash);
}

void replay_stage(const Json& event, RunRecord& record) {
  const std::string name = event.value("name", ""), state = event.value("state", "");
  StageRecord& stage = stage_of(record, name);
  stage.state = state;
  stage.launch = launch_of(record).id;
  stage.detail = event.value("detail", "");
  (state == "running" ? stage.started_s : stage.ended_s) = event.value("time", 0.0);
}

void begin_span(const TrialRecord& trial, RunRecord& record) {
  const LaunchRecord launch = launch_of(record);
  record.spans.push_back({trial.id, launch.id, launch.part, trial.host, trial.group, trial.started_s, 0, ""});
}

void end_span(const TrialRecord& trial, const std::string& ending, RunRecord& record) {
  const auto found = std::find_if(record.spans.rbegin(), record.spans.rend(), [&](const SpanRecord& span) {
    return span.trial == trial.id && span.launch == launch_of(record).id;
  });
  if (found == record.spans.rend() || !found->ending.empty()) return;
  found->ending = ending;
  found->ended_s = trial.ended_s;
}

void replay_trial(const std::string& what, const Json& event, RunRecord& record) {
  TrialRecord& trial = record.trials[event.value("trial", "")];
  trial.id = event.value("trial", "");
  const double time = event.value("time", 0.0);
  if (what == "planned") {
    const std::string identity = event.value("identity", "");
    if (identity != trial.identity) {
      trial = TrialRecord{};
      trial.id = event.value("trial", "");
      trial.identity = identity;
    }
    trial.epochs = event.value("epochs", 0);
    if (trial.state == TrialState::pending && record.dropped.contains(TrialId::parse(trial.id).point))
      trial.state = TrialState::dropped;
  } else if (what == "started") {
    trial.state = TrialState::running;
    trial.group = event.value("group", -1);
    trial.host = event.value("host", "");
    trial.launch = launch_of(record).id;
    trial.started_epoch = trial.epoch;
    trial.started_s = time;
    begin_span(trial, record);
  } else if (what == "epoch") {
    const int before = std::exchange(trial.epoch, event.value("epoch", 0));
    if (trial.epoch <= before) trial.started_epoch = trial.epoch - 1;  // it went on from an earlier checkpoint
    trial.last_epoch_s = time;
    trial.valid_macro_f1 = macro_f1_of(event);
    trial.f1_of_epoch.resize(static_cast<size_t>(std::max(trial.epoch, 1)), std::nan(""));
    trial.f1_of_epoch.back() = trial.valid_macro_f1;
    trial.best_macro_f1 = trial.epoch > 1 ? std::max(trial.best_macro_f1, trial.valid_macro_f1) : trial.valid_macro_f1;
  } else if (what == "finished") {
    trial.state = TrialState::finished;
    trial.valid_macro_f1 = macro_f1_of(event);
    trial.seconds += event.value("seconds", 0.0);
    trial.ended_s = time;
  } else if (what == "paused") {
    trial.state = TrialState::pending;
    trial.ended_s = time;
  } else if (what == "failed") {
    trial.state = TrialState::failed;
    trial.message = event.value("message", "");
    ++trial.failures;
    trial.ended_s = time;
  } else {
    trial.predicted = true;
  }
  if (what == "finished" || what == "paused" || what == "failed") end_span(trial, what, record);
}

void replay_use(const Json& event, RunRecord& record) {
  const LaunchRecord launch = launch_of(record);
  const double node_s =
      launch.ranks > 0 ? event.value("seconds", 0.0) * event.value("ranks", 0) * launch.nodes / launch.ranks : 0;
  const UseRecord use{event.value("ranks", 0),      event.value("seconds", 0.0),  event.value("data_s", 0.0),
                      event.value("others_s", 0.0), event.value("peak_mib", 0.0), node_s};
  record.trials[event.value("trial", "")].use.add(use);
  if (record.uses.empty() || record.uses.back().launch != launch.id)
    record.uses.push_back({launch.id, launch.part, launch.ranks, stage_of(record, "train").started_s, 0, {}});
  record.uses.back().groups[event.value("group", 0)].add(use);
}

// Whatever is told while a launch trains, and that it trains no more, tells that it went on so long.
void extend_use(const Json& event, RunRecord& record) {
  if (record.uses.empty() || record.uses.back().launch != launch_of(record).id) return;
  const bool of_a_stage = event.value("event", "") == "stage";
  const bool trains = of_a_stage ? event.value("name", "") == "train" : stage_of(record, "train").state == "running";
  if (trains) record.uses.back().seconds = event.value("time", 0.0) - record.uses.back().began_s;
}

void replay_rung(const Json& event, RunRecord& record) {
  auto& scores = record.rungs[event.value("epochs", 0)];
  const Json compared = event.value("scores", Json::object());
  for (const auto& [name, score] : compared.items())
    scores[name] = score.is_null() ? std::nan("") : score.get<double>();
  const auto dropped = event.value("dropped", std::set<std::string>{});
  record.dropped.insert(dropped.begin(), dropped.end());
  for (auto& [id, trial] : record.trials)
    if (dropped.contains(TrialId::parse(id).point) && trial.state != TrialState::finished)
      trial.state = TrialState::dropped;
}

void replay_event(const Json& event, RunRecord& record) {
  const std::string what = event.value("event", "");
  if (what == "launch") {
    replay_launch(event, record);
  } else if (what == "layout") {
    record.layouts[launch_of(record).part] =
        record.layout = {event.value("ranks", 0), event.value("groups", std::vector<std::vector<int>>{}),
                         event.value("ranks_of", std::map<std::string, int>{}), event.value("rung", 0)};
  } else if (what == "rung") {
    replay_rung(event, record);
  } else if (what == "stage") {
    replay_stage(event, record);
  } else if (what == "note") {
    const std::string text = event.value("text", "");
    if (std::find(record.notes.begin(), record.notes.end(), text) == record.notes.end()) record.notes.push_back(text);
  } else if (what == "end" && !record.launches.empty()) {
    record.launches.back().ended_s = event.value("time", 0.0);
    record.launches.back().ending = event.value("ending", "");
    record.launches.back().message = event.value("message", "");
  } else if (what == "used") {
    replay_use(event, record);
  } else if (event.contains("trial")) {
    replay_trial(what, event, record);
  }
}

// What the last launch that was read did not finish is not running any more.
void bury(RunRecord& record, double last_word_s) {
  LaunchRecord& launch = record.launches.back();
  if (launch.ending.empty()) launch.ending = "lost";
  for (SpanRecord& span : record.spans) {
    if (span.launch != launch.id || !span.ending.empty()) continue;
    span.ending = launch.ending == "lost" ? "lost" : "stopped";
    span.ended_s = last_word_s;
  }
  for (StageRecord& stage : record.stages)
    if (stage.state == "running" && stage.launch == launch.id) stage.state = "lost";
  for (auto& [id, trial] : record.trials)
    if (trial.state == TrialState::running && trial.launch == launch.id) trial.state = TrialState::pending;
}

// Of those that hold a lease; one that does not tell its launch is the last one's.
const Holder* holder_of(const std::string& launch, bool last, const std::vector<Holder>& all) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Holder& holder) {
    return holder.launch == launch || (last && holder.launch.empty());
  });
  return found == all.end() ? nullptr : &*found;
}

using Damaged = std::function<void(const std::string& place)>;

// One launch's events and the file that they are from.
struct LaunchEvents {
  std::filesystem::path path;
  std::vector<Json> events;
  int64_t number = 0;

  double began_s() const { return time_of(events.front()); }
};

// Of those that do not tell their numbers, as older ones or where the first line is damaged: that of the last before
// them by the clock.
void number_by_clock(std::vector<LaunchEvents>& launches) {
  std::stable_sort(launches.begin(), launches.end(),
                   [](const auto& a, const auto& b) { return a.began_s() < b.began_s(); });
  int64_t last = 0;
  for (LaunchEvents& launch : launches) {
    if (launch.number == 0) launch.number = last;
    last = std::max(last, launch.number);
  }
}

// As they began.
std::vector<LaunchEvents> launches_of(const std::filesystem::path& run_directory, const Damaged& damaged) {
  std::vector<LaunchEvents> launches;
  for (const auto& path : journal_files(run_directory)) {
    LaunchEvents launch{path, read_events(path, damaged)};
    if (launch.events.empty()) continue;
    launch.number = launch_number(launch.events.front());
    launches.push_back(std::move(launch));
  }
  number_by_clock(launches);
  std::stable_sort(launches.begin(), launches.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return launches;
}

bool is_launch(const Json& event) {
  const auto what = event.find("event");
  return what != event.end() && *what == "launch";
}

// Of a file whose first line is damaged.
LaunchRecord unknown_launch(const LaunchEvents& launch) {
  LaunchRecord unknown;
  unknown.id = launch.path.stem().string();
  unknown.started_s = time_of(launch.events.front());
  return unknown;
}

void replay_or_tell(const Json& event, const std::filesystem::path& path, RunRecord& record, const Damaged& damaged) {
  try {
    replay_event(event, record);
    extend_use(event, record);
  } catch (const Json::exception&) {  // an object, but with another type somewhere
    damaged("journal '" + path.string() + "', event '" + event.dump(-1, ' ', false, Json::error_handler_t::replace) +
            "',");
  }
}

RunRecord replay_with(const std::filesystem::path& run_directory, const Damaged& damaged) {
  RunRecord record;
  record.directory = run_directory;
  const std::vector<LaunchEvents> launches = launches_of(run_directory, damaged);
  const std::vector<Holder> at_work = holders(run_directory);
  for (const LaunchEvents& launch : launches) {
    const size_t before = record.launches.size();
    for (const Json& event : launch.events) {
      if (record.launches.size() == before && !is_launch(event)) record.launches.push_back(unknown_launch(launch));
      replay_or_tell(event, launch.path, record, damaged);
    }
    if (record.launches.size() == before) continue;
    if (const Holder* holder = holder_of(launch_of(record).id, &launch == &launches.back(), at_work))
      record.launches.back().silent_s = holder->silent_s;
    else
      bury(record, time_of(launch.events.back()));
  }
  return record;
}

}  // namespace

void UseRecord::add(const UseRecord& other) {
  ranks = other.ranks;
  seconds += other.seconds;
  data_s += other.data_s;
  others_s += other.others_s;
  peak_mib = std::max(peak_mib, other.peak_mib);
  node_s += other.node_s;
}

RunRecord replay(const std::filesystem::path& run_directory) {
  return replay_with(run_directory, [](const std::string& place) {
    throw SystemError(place + " is damaged; move the file away to go on without what it tells");
  });
}

RunRecord replay(const std::filesystem::path& run_directory, std::vector<std::string>& damage) {
  return replay_with(run_directory, [&](const std::string& place) {
    damage.push_back(place + " is damaged, so what it told is missing here");
  });
}

}  // namespace foldwave::journal
