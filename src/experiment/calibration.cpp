#include "foldwave/experiment/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "experiment/set_up.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/log.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/training/cost.h"

namespace foldwave::experiment {
namespace {

using Json = nlohmann::json;

constexpr size_t kAskedSongs = 16;  // of the validation songs

std::filesystem::path calibration_file(const std::filesystem::path& run_directory) {
  return run_directory / "calibration.json";
}

// Instead of a cost: the time that a launch had whose deadline ended the measurement. Launches of that length leave it
// and train.
constexpr const char* kTried = "tried_s";

// {"last": node, "nodes": {node: {kind of trial: its cost, or kTried}}}
bool is_calibration(const Json& json) {
  if (!json.is_object() || !json.contains("nodes") || !json["nodes"].is_object()) return false;
  const auto is_cost = [](const Json& cost) {
    return cost.is_object() &&
           std::all_of(cost.begin(), cost.end(), [](const Json& value) { return value.is_number(); });
  };
  const auto is_node = [&](const Json& node) {
    return node.is_object() && std::all_of(node.begin(), node.end(), is_cost);
  };
  return std::all_of(json["nodes"].begin(), json["nodes"].end(), is_node) && json.contains("last") &&
         json["last"].is_string() && json["nodes"].contains(json["last"].get<std::string>());
}

Json read_calibration(const std::filesystem::path& run_directory) {
  const auto path = calibration_file(run_directory);
  Json json = std::filesystem::exists(path) ? Json::parse(read_file(path), nullptr, false) : Json();
  return is_calibration(json) ? json : Json::object();  // a damaged one is measured again
}

Json to_json(const planning::Cost& cost) {
  return {{"setup_s", cost.setup_s},
          {"train_songs_per_s", cost.train_songs_per_s},
          {"head_songs_per_s", cost.head_songs_per_s},
          {"asked_songs_per_s", cost.asked_songs_per_s},
          {"memory_mib", cost.memory_mib},
          {"weights_mib", cost.weights_mib}};
}

planning::Cost cost_from(const Json& json) {
  return {json.value("setup_s", 0.0),          json.value("train_songs_per_s", 0.0),
          json.value("head_songs_per_s", 0.0), json.value("asked_songs_per_s", 0.0),
          json.value("memory_mib", 0.0),       json.value("weights_mib", 0.0)};
}

// Of trials of a kind that is not in `known`, one each.
std::vector<const planning::TrialSpec*> not_yet_measured(const std::vector<planning::TrialSpec>& trials,
                                                         const Json& known) {
  std::map<std::string, const planning::TrialSpec*> missing;
  for (const planning::TrialSpec& trial : trials) {
    const std::string key = planning::cost_key(trial);
    if (!known.contains(key) && trial.fold != catalog::kAllRows) missing.emplace(key, &trial);
  }
  std::vector<const planning::TrialSpec*> each;
  for (const auto& [key, trial] : missing) each.push_back(trial);
  return each;
}

planning::Cost measure_here(const Experiment& experiment, const planning::TrialSpec& trial, const comm::Group& alone,
                            double seconds) {
  Whereabouts::say("train, measures what " + trial.model + " costs");
  training::TrialSetup setup = set_up(experiment, trial, 0, nullptr);
  const size_t asked = std::min(kAskedSongs, setup.valid.track.size());
  setup.valid.track.resize(asked);
  setup.valid.label.resize(asked);
  setup.valid_ids.resize(asked);
  const int device = training::choose_device(experiment.world.local_rank());
  const auto communicator = comm::make_mpi_communicator(alone);
  const double began = monotonic_s();
  const training::TrialCost cost = training::measure_cost(setup, experiment.store, *communicator, device, seconds);
  Log::say(LogLevel::info, fmt::format("{} trains {:.1f} songs/s on this rank, measured in {:.1f} s", trial.model,
                                       cost.train_songs_per_s, monotonic_s() - began));
  return {cost.setup_s,           cost.train_songs_per_s, cost.head_songs_per_s,
          cost.asked_songs_per_s, anonymous_mib(),        cost.weights_mib};
}

// The slowest rank's rates, the greatest memory.
planning::Cost worst_of(const std::vector<std::string>& of_ranks) {
  planning::Cost worst = cost_from(Json::parse(of_ranks.front()));
  for (const std::string& text : of_ranks) {
    const planning::Cost cost = cost_from(Json::parse(text));
    worst.setup_s = std::max(worst.setup_s, cost.setup_s);
    worst.train_songs_per_s = std::min(worst.train_songs_per_s, cost.train_songs_per_s);
    worst.head_songs_per_s = std::min(worst.head_songs_per_s, cost.head_songs_per_s);
    worst.asked_songs_per_s = std::min(worst.asked_songs_per_s, cost.asked_songs_per_s);
    worst.memory_mib = std::max(worst.memory_mib, cost.memory_mib);
  }
  return worst;
}

// A launch that has twice the time may measure what was tried in vain.
void forget_shorter_tries(Json& costs, double time_s) {
  if (costs.is_null()) return;
  for (auto cost = costs.begin(); cost != costs.end();) {
    const bool again = cost->contains(kTried) && time_s >= 2 * (*cost)[kTried].get<double>();
    cost = again ? costs.erase(cost) : std::next(cost);
  }
}

}  // namespace

void calibrate(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials, const std::string& node,
               double seconds_each) {
  const comm::Group& world = experiment.world.all();
  const double time_s = std::min(StopFlag::seconds_left(), 1e9);
  Json all = Json::parse(comm::on_rank_0(world, [&] {
    Json read = read_calibration(experiment.run_directory);
    forget_shorter_tries(read["nodes"][node], time_s);
    return read.dump();
  }));
  Json& known = all["nodes"][node];
  if (known.is_null()) known = Json::object();
  constexpr int kAloneTag = 0;
  const comm::Group alone = experiment.world.group({experiment.world.rank()}, kAloneTag);
  for (const planning::TrialSpec* trial : not_yet_measured(trials, known)) {
    // A trial that cannot be measured fails when it is trained, and says why then.
    Json mine = nullptr;
    try {
      if (!StopFlag::raised()) mine = to_json(measure_here(experiment, *trial, alone, seconds_each));
    } catch (const std::exception&) {
      mine = nullptr;
    }
    const std::vector<std::string> of_ranks = world.gather(mine.dump());
    if (experiment.world.rank() != 0) continue;
    const bool measured = std::count(of_ranks.begin(), of_ranks.end(), "null") == 0;
    if (measured) known[planning::cost_key(*trial)] = to_json(worst_of(of_ranks));
    if (!measured && StopFlag::seconds_left() <= 0) known[planning::cost_key(*trial)] = {{kTried, time_s}};
  }
  comm::on_rank_0(world, [&] {
    Json now = read_calibration(experiment.run_directory);  // another launch that shares the run may have measured too
    if (now["nodes"][node].is_null()) now["nodes"][node] = Json::object();
    now["nodes"][node].update(known);
    now["last"] = node;
    const std::string text = now.dump(2) + "\n";
    const auto path = calibration_file(experiment.run_directory);
    if (!std::filesystem::exists(path) || read_file(path) != text) publish(path, text);
    return std::string();
  });
}

std::string in_partition(const std::string& partition) { return ", partition " + partition; }

KnownCosts known_costs(const std::filesystem::path& run_directory, const std::string& partition) {
  const Json all = read_calibration(run_directory);
  KnownCosts known;
  if (!all.contains("last")) return known;
  const auto fits = [&](const std::string& node) {
    return partition.empty() || node.ends_with(in_partition(partition));
  };
  known.node = all["last"].get<std::string>();
  if (!fits(known.node)) known.node.clear();
  for (const auto& [node, costs] : all["nodes"].items())
    if (known.node.empty() && fits(node)) known.node = node;
  if (known.node.empty()) return known;
  for (const auto& [key, cost] : all["nodes"][known.node].items())
    if (!cost.contains(kTried)) known.costs[key] = cost_from(cost);
  return known;
}

}  // namespace foldwave::experiment
