// What the working commands share: the settings, the world, the user's tables, and the run directory held by this
// launch.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/comm/world.h"
#include "foldwave/core/options.h"
#include "foldwave/core/progress.h"
#include "foldwave/core/tenure.h"
#include "foldwave/journal/journal.h"
#include "foldwave/journal/roll_call.h"
#include "foldwave/launch/launch.h"
#include "foldwave/planning/planning.h"
#include "foldwave/preparation/stage.h"
#include "foldwave/store/store.h"
#include "jobs/part.h"

namespace foldwave::jobs {

std::filesystem::path run_directory(const Settings& settings);           // InputError where run.dir is not given
std::filesystem::path existing_run_directory(const Settings& settings);  // InputError where there is none

class Session;
store::FeatureStore open_store(
    const Session& session);  // InputError where prepare has not been run, or with other settings

// Collective. The same, read from this node's copy of it where features.stage asks for one.
store::FeatureStore open_near_store(Session& session);

std::vector<std::string> ids_of(const catalog::Catalog& catalog, const std::vector<int>& tracks);

// What the user's tables and grid come to.
struct Tables {
  catalog::Catalog catalog;
  catalog::Folds folds;
  std::vector<planning::TrialSpec> trials;  // of the part
  std::string plan;                         // plan_identity() of all parts
  std::set<std::string> weights;            // weights_of() all parts
};
Tables tables_of_run(const Settings& settings);

// A run directory in the hands of this launch. Constructed and used collectively; lease and journal are rank 0's.
class Session {
 public:
  Session(const Settings& settings, const comm::World& world, const launch::LaunchEnvironment& environment,
          ProgressSink& progress, Tables tables);

  // Runs one stage, and says and journals how it ended. `work` returns a line about the outcome.
  void stage(const std::string& name, const std::function<std::string()>& work);

  bool is_rank_0() const { return world.rank() == 0; }
  void end(const std::string& ending, const std::string& message);  // the journal's last word

  bool last_stage = false;  // whose outcome is the command's
  const Settings& settings;
  const comm::World& world;
  const int threads;       // that this rank may keep busy
  const std::string node;  // its kind, for what was measured on it
  ProgressSink& progress;
  const std::filesystem::path directory;
  const Part part;
  const catalog::Catalog catalog;
  const catalog::Folds folds;
  const std::vector<planning::TrialSpec> trials;  // of the part
  const std::string plan;                         // of all parts
  const std::set<std::string> weights;            // of all parts

  std::vector<std::string> hosts;           // [world size] on rank 0
  std::optional<journal::Journal> journal;  // on rank 0
  std::optional<preparation::StagedStore> staged;

 private:
  void require_weights() const;
  void try_weights();
  void introduce_run(const launch::LaunchEnvironment& environment) const;
  std::string take_hold(const launch::LaunchEnvironment& environment);
  void open_log(const launch::LaunchEnvironment& environment, const std::string& launch) const;
  void introduce_world(const launch::LaunchEnvironment& environment, const std::string& launch);

  std::optional<journal::Lease> lease_;  // on rank 0
  std::optional<journal::RollCall> roll_call_;
  std::optional<Tenure> tenure_;
};

}  // namespace foldwave::jobs
