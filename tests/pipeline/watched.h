// A launch under way, seen from outside: what its journal tells so far, who its ranks are, when it ends.
#pragma once

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "pipeline/program.h"

namespace foldwave::pipeline {

inline void sleep_s(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

// Whether it came to be true in time.
template <class Condition>
bool wait_until(const Condition& is_true, double patience_s = 120) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(patience_s);
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    sleep_s(0.02);
  }
  return true;
}

// Its wait status, -1 while it runs; reaped once.
class Launch {
 public:
  explicit Launch(pid_t process) : process_(process) {}
  pid_t process() const { return process_; }
  bool has_ended() { return ended_ || (ended_ = waitpid(process_, &status_, WNOHANG) == process_); }
  bool ends_within(double patience_s) {
    return wait_until([this] { return has_ended(); }, patience_s);
  }
  int code() const { return !ended_ ? -1 : WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_); }

 private:
  pid_t process_;
  int status_ = 0;
  bool ended_ = false;
};

using Events = std::vector<nlohmann::json>;

// What the launches in a run directory have written, the oldest launch first; a torn last line is left out.
inline std::vector<Events> journals_of(const fs::path& run) {
  std::vector<Events> launches;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run / "journal", error)) {
    if (entry.path().extension() != ".jsonl") continue;
    Events events;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);)
      if (auto event = nlohmann::json::parse(line, nullptr, false); event.is_object()) events.push_back(event);
    if (!events.empty()) launches.push_back(std::move(events));
  }
  std::sort(launches.begin(), launches.end(),
            [](const Events& a, const Events& b) { return a[0].at("time") < b[0].at("time"); });
  return launches;
}

inline bool tells_of(const Events& events, const std::string& event) {
  return std::any_of(events.begin(), events.end(), [&](const auto& told) { return told.at("event") == event; });
}

inline bool has_trained_an_epoch(const fs::path& run) {
  const std::vector<Events> journals = journals_of(run);
  return std::any_of(journals.begin(), journals.end(), [](const Events& events) { return tells_of(events, "epoch"); });
}

// How often each trial was told of so, over all launches.
inline std::map<std::string, int> times_told(const fs::path& run, const std::string& event) {
  std::map<std::string, int> times;
  for (const Events& events : journals_of(run))
    for (const auto& told : events)
      if (told.at("event") == event) ++times[told.at("trial")];
  return times;
}

// For a test that draws at random: printed, and given again by FOLDWAVE_TORMENT_SEED.
inline unsigned drawn_seed() {
  const char* const given = std::getenv("FOLDWAVE_TORMENT_SEED");
  const unsigned seed = given == nullptr ? std::random_device()() : static_cast<unsigned>(std::stoul(given));
  std::cout << "FOLDWAVE_TORMENT_SEED=" << seed << std::endl;
  return seed;
}

// The ranks of the launch in this run directory, by number.
inline std::map<int, pid_t> ranks_of(const fs::path& run) {
  std::map<int, pid_t> ranks;
  for (const pid_t process : processes_of(run)) {
    const std::string environment = '\0' + slurp(fs::path("/proc") / std::to_string(process) / "environ");
    const std::string name = std::string(1, '\0') + "OMPI_COMM_WORLD_RANK=";
    const size_t at = environment.find(name);
    if (at != std::string::npos) ranks[std::stoi(environment.substr(at + name.size()))] = process;
  }
  return ranks;
}

}  // namespace foldwave::pipeline
