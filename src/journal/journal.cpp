#include "foldwave/journal/journal.h"

#include <algorithm>

#include "foldwave/core/clock.h"
#include "foldwave/core/files.h"
#include "journal/event_file.h"

namespace foldwave::journal {

using Json = nlohmann::ordered_json;

struct Journal::State {
  EventFile file;
  void append(const char* event, Json fields) {
    Json line;
    line["event"] = event;
    line["time"] = unix_now_s();
    line.update(fields);
    file.append(line);
  }
};

namespace {

std::filesystem::path journal_file(const std::filesystem::path& run_directory, const std::string& launch) {
  make_directories(run_directory / "journal");
  return run_directory / "journal" / (launch + ".jsonl");
}

// Launches are ordered by numbers, for the clocks of nodes differ.
int64_t next_number(const std::filesystem::path& run_directory) {
  int64_t last = 0;
  for (const auto& path : journal_files(run_directory)) last = std::max(last, launch_number(first_event(path)));
  return last + 1;
}

}  // namespace

Journal::Journal(const std::filesystem::path& run_directory, const LaunchRecord& launch,
                 const std::string& catalog_hash)
    : state_(new State{EventFile(journal_file(run_directory, launch.id))}) {
  state_->append("launch", {{"number", next_number(run_directory)},
                            {"id", launch.id},
                            {"host", launch.host},
                            {"job", launch.job},
                            {"part", launch.part},
                            {"command", launch.command},
                            {"ranks", launch.ranks},
                            {"nodes", launch.nodes},
                            {"catalog", catalog_hash}});
}

Journal::~Journal() = default;

void Journal::stage(const std::string& name, const std::string& state, const std::string& detail) {
  state_->append("stage", {{"name", name}, {"state", state}, {"detail", detail}});
}
void Journal::layout(const LayoutRecord& layout) {
  state_->append(
      "layout",
      {{"ranks", layout.world_size}, {"groups", layout.groups}, {"ranks_of", layout.ranks_of}, {"rung", layout.rung}});
}
void Journal::trial_planned(const std::string& id, const std::string& identity, int epochs) {
  state_->append("planned", {{"trial", id}, {"identity", identity}, {"epochs", epochs}});
}
void Journal::trial_started(const std::string& id, int group, const std::string& host) {
  state_->append("started", {{"trial", id}, {"group", group}, {"host", host}});
}
void Journal::trial_epoch(const std::string& id, int epoch, double valid_macro_f1) {
  state_->append("epoch", {{"trial", id}, {"epoch", epoch}, {"valid_macro_f1", valid_macro_f1}});
}
void Journal::trial_finished(const std::string& id, double valid_macro_f1, double seconds) {
  state_->append("finished", {{"trial", id}, {"valid_macro_f1", valid_macro_f1}, {"seconds", seconds}});
}
void Journal::trial_paused(const std::string& id) { state_->append("paused", {{"trial", id}}); }
void Journal::rung(int epochs, const std::map<std::string, double>& scores, const std::vector<std::string>& dropped) {
  state_->append("rung", {{"epochs", epochs}, {"scores", scores}, {"dropped", dropped}});
}
void Journal::trial_failed(const std::string& id, const std::string& message) {
  state_->append("failed", {{"trial", id}, {"message", message}});
}
void Journal::trial_used(const std::string& id, int group, const UseRecord& use) {
  state_->append("used", {{"trial", id},
                          {"group", group},
                          {"ranks", use.ranks},
                          {"seconds", use.seconds},
                          {"data_s", use.data_s},
                          {"others_s", use.others_s},
                          {"peak_mib", use.peak_mib}});
}
void Journal::trial_predicted(const std::string& id) { state_->append("predicted", {{"trial", id}}); }
void Journal::note(const std::string& sentence) { state_->append("note", {{"text", sentence}}); }
void Journal::end(const std::string& ending, const std::string& message) {
  state_->append("end", {{"ending", ending}, {"message", message}});
}

}  // namespace foldwave::journal
