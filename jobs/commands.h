// The commands of foldwave, one file each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "foldwave/comm/world.h"
#include "foldwave/core/options.h"
#include "foldwave/core/progress.h"
#include "foldwave/launch/launch.h"

namespace foldwave::jobs {

class Session;

// What a command is given. `world` is absent for the commands that only look, unless a launcher started them.
struct Call {
  const Settings& settings;
  const launch::LaunchEnvironment& environment;
  const comm::World* world;
  ProgressSink& progress;
};

struct Command {
  const char* name;
  const char* summary;
  bool on_all_ranks;               // needs MPI; the others are rank 0's alone, where a launcher started several
  void (*run)(const Call& call);   // throws what main turns into an exit code
  std::vector<std::string> reads;  // sections of the registry whose keys concern it, or single keys; its own first
  std::string about;               // what it does, for its --help: a few sentences
  std::string example;             // works as pasted in any folder, line by line
};
const std::vector<Command>& commands();
const Command* find_command(const std::string& name);  // nullptr where there is none

// The stages of a run, each also a command of its own.
void prepare(Session& session);
void train(Session& session);
void predict(Session& session);
void stack(Session& session);
void report(Session& session);

// Opens a session, does the stages, and gives the journal its last word. Collective.
using Stages = std::vector<std::function<void(Session&)>>;
void in_session(const Call& call, const Stages& stages);
// Those of a launch that may share its run directory with others (run.shared).
void in_shared_session(const Call& call, const Stages& stages);
// Of songs that are only asked about, whose classes are known from elsewhere.
void in_test_session(const Call& call, const std::vector<std::string>& class_ids, const Stages& stages);

void run_command(const Call& call);
void prepare_command(const Call& call);
void train_command(const Call& call);
void predict_command(const Call& call);
void predict_from_checkpoints(const Call& call);  // predict.checkpoints
void stack_command(const Call& call);
void report_command(const Call& call);
void status_command(const Call& call);
void plan_command(const Call& call);
void bench_command(const Call& call);
std::vector<std::string> benchmark_names();  // what bench.what may be
void explore_command(const Call& call);
void forward_command(const Call& call);

}  // namespace foldwave::jobs
