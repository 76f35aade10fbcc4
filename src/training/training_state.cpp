#include "training/training_state.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"

namespace foldwave::training {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view prefix = "last-", suffix = ".safetensors";

fs::path state_path(const fs::path& directory, int64_t updates) {
  return directory / (std::string(prefix) + std::to_string(updates) + std::string(suffix));
}

std::vector<int64_t> steps_descending(const fs::path& directory) {
  std::vector<int64_t> steps;
  if (!fs::exists(directory)) return steps;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    int64_t step = 0;
    const char *begin = name.data() + prefix.size(), *end = name.data() + name.size() - suffix.size();
    if (std::from_chars(begin, end, step).ptr == end) steps.push_back(step);
  }
  std::sort(steps.rbegin(), steps.rend());
  return steps;
}

json to_json(const Tally& tally) {
  return {{"loss", tally.loss}, {"hits", tally.hits}, {"predicted", tally.predicted}, {"truth", tally.truth}};
}

Tally tally_from(const json& value, int classes) {
  Tally tally(classes);
  value.at("loss").get_to(tally.loss);
  value.at("hits").get_to(tally.hits);
  value.at("predicted").get_to(tally.predicted);
  value.at("truth").get_to(tally.truth);
  return tally;
}

json to_json(const StepRecord& s) { return {s.epoch, s.step, s.lr, s.loss}; }

StepRecord step_from(const json& v) { return {v.at(0), v.at(1), v.at(2), v.at(3)}; }

json to_json(const EpochRecord& e) {
  return {e.epoch,          e.step,           e.lr,         e.train_loss,
          e.train_accuracy, e.train_macro_f1, e.valid_loss, e.valid_accuracy,
          e.valid_macro_f1, e.samples_per_s,  e.wait_share, e.seconds};
}

EpochRecord epoch_from(const json& v) {
  // A loss that is no number is written as null.
  const auto real = [&](size_t i) { return v.at(i).is_null() ? std::nan("") : v.at(i).get<double>(); };
  return {v.at(0), v.at(1), real(2), real(3), real(4), real(5), real(6), real(7), real(8), real(9), real(10), real(11)};
}

json to_json(const TrainingState& state) {
  json steps = json::array(), epochs = json::array();
  for (const auto& s : state.history.steps) steps.push_back(to_json(s));
  for (const auto& e : state.history.epochs) epochs.push_back(to_json(e));
  return {{"epoch", state.epoch},
          {"step", state.step},
          {"updates", state.updates},
          {"tally", to_json(state.tally)},
          {"seconds", state.seconds},
          {"waited_s", state.waited_s},
          {"steps", steps},
          {"epochs", epochs},
          {"best_macro_f1", state.best_macro_f1},
          {"best_epoch", state.best_epoch}};
}

// InputError where it is damaged; false where it belongs to other settings.
bool belongs_to(const fs::path& path, const std::string& identity) {
  const formats::SafetensorsFile file(path);
  verify(file, path);
  const auto found = file.metadata().find("identity");
  return found != file.metadata().end() && found->second == identity;
}

}  // namespace

void write_state(const fs::path& directory, const TrainingState& state, const std::string& identity,
                 const NamedTensors& tensors) {
  write_tensors(state_path(directory, state.updates), tensors,
                {{"format", "foldwave-training"}, {"identity", identity}, {"state", to_json(state).dump()}});
  int kept = 0;
  for (const int64_t step : steps_descending(directory))  // a later one was passed over when this training went on
    if (step > state.updates || ++kept > 2) fs::remove(state_path(directory, step));
}

std::optional<int64_t> newest_state(const fs::path& directory, const std::string& identity,
                                    std::vector<std::string>& damaged) {
  for (const int64_t step : steps_descending(directory)) try {
      if (belongs_to(state_path(directory, step), identity)) return step;
    } catch (const Error& error) {
      damaged.emplace_back(error.what());
    }
  return std::nullopt;
}

TrainingState read_state(const fs::path& directory, int64_t updates, int classes, const NamedTensors& tensors) {
  const fs::path path = state_path(directory, updates);
  const formats::SafetensorsFile file(path);
  read_tensors(file, path, "", tensors);
  try {
    const auto value = json::parse(file.metadata().at("state"));
    TrainingState state(classes);
    state.epoch = value.at("epoch");
    state.step = value.at("step");
    state.updates = value.at("updates");
    state.tally = tally_from(value.at("tally"), classes);
    state.seconds = value.at("seconds");
    state.waited_s = value.at("waited_s");
    for (const auto& step : value.at("steps")) state.history.steps.push_back(step_from(step));
    for (const auto& epoch : value.at("epochs")) state.history.epochs.push_back(epoch_from(epoch));
    state.best_macro_f1 = value.at("best_macro_f1");
    state.best_epoch = value.at("best_epoch");
    return state;
  } catch (const std::exception& error) {
    throw InputError(path.string() + ": damaged training state: " + error.what());
  }
}

void remove_states(const fs::path& directory) {
  for (const int64_t step : steps_descending(directory)) fs::remove(state_path(directory, step));
}

}  // namespace foldwave::training
