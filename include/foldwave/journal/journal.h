// What happened in a run directory: one append-only file a launch, their union read back as a RunRecord.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace foldwave::journal {

enum class TrialState { pending, running, finished, failed, dropped };  // dropped: by halving

// What a group of ranks spent on a trial, or on all trials of a launch. Waiting is the mean over its ranks.
struct UseRecord {
  int ranks = 0;
  double seconds = 0;               // wall
  double data_s = 0, others_s = 0;  // of them: waiting for data; for sums with the other ranks
  double peak_mib = 0;              // resident memory of the largest rank, so far in its process
  double node_s = 0;                // seconds of whole nodes; replay() fills it in

  void add(const UseRecord& other);
};

struct TrialRecord {
  std::string id;        // "resnet18+specaugment/seed-1/fold-0"
  std::string identity;  // fingerprint of everything that decides its outcome
  TrialState state = TrialState::pending;
  std::string message;                // of a failure
  int failures = 0;                   // launches in which it failed
  int epoch = 0, epochs = 0;          // as far as is known
  double best_macro_f1 = 0;           // of its epochs so far; NaN as the next
  double valid_macro_f1 = 0;          // NaN of a fit on all rows, which validates nothing
  std::vector<double> f1_of_epoch;    // valid_macro_f1 behind each of its epochs; NaN: not known
  double seconds = 0;                 // of training, in the launches that finished it
  int group = -1;                     // which group of ranks, in its last launch
  std::string host;                   // of that group's first rank
  std::string launch;                 // that it last started in
  int started_epoch = 0;              // epochs that were done when it started there
  double last_epoch_s = 0;            // when its last epoch ended, seconds since 1970
  double started_s = 0, ended_s = 0;  // seconds since 1970
  bool predicted = false;             // test.h5 is there
  UseRecord use;                      // in all launches
};

struct StageRecord {
  std::string name;   // prepare, train, predict, stack, report
  std::string state;  // running, done, stopped, failed; lost: its launch died in it
  double started_s = 0, ended_s = 0;
  std::string detail = {};  // one line of outcome
  std::string launch = {};  // that had the last word
};

struct LaunchRecord {
  std::string id, host, job, command;  // job: SLURM's id or empty
  int ranks = 0;
  double started_s = 0, ended_s = 0;  // ended 0: running, or it died
  std::string ending;                 // done, stopped, failed; lost: it died without a word; empty: it is running
  std::string message;
  std::string part = {};  // "2-of-8" of one that shares the run directory; empty: it has it alone
  std::string plan = {};  // what its part is a part of, where it holds a lease
  int restart_count = 0;  // SLURM's
  int nodes = 1;          // that its ranks were on
  double silent_s = 0;    // running on another host: since it renewed its lease, as that host's clock has it
};

// How a launch spread its trials over the ranks.
struct LayoutRecord {
  int world_size = 0;                    // 0: none yet
  std::vector<std::vector<int>> groups;  // world ranks that train together
  std::map<std::string, int> ranks_of;   // trial id -> ranks that it is trained on
  int rung = 0;                          // of halving, that its trials are trained to; 0: to their end
};

// What a launch did with the time that it trained.
struct LaunchUse {
  std::string launch, part;
  int ranks = 0;
  double began_s = 0, seconds = 0;  // of its stage; till its last word, where it goes on or died
  std::map<int, UseRecord> groups;  // that had a trial
};

// A stretch of time that a group had a trial for.
struct SpanRecord {
  std::string trial, launch, part, host;  // host: of the group's first rank
  int group = -1;
  double started_s = 0, ended_s = 0;  // seconds since 1970; ended 0: it goes on. Of one that was lost: its last word
  std::string ending;                 // finished, paused, failed, stopped or lost with its launch; empty: it goes on
};

// The one input of plan, status and report.
struct RunRecord {
  std::filesystem::path directory;
  std::vector<LaunchRecord> launches;
  std::vector<StageRecord> stages;                     // the last word on each
  std::map<std::string, TrialRecord> trials;           // by id
  std::map<int, std::map<std::string, double>> rungs;  // epochs -> name of a point of the grid -> its score there
  std::set<std::string> dropped;                       // names of points that a rung has dropped
  std::vector<std::string> notes;                      // warnings that the user saw
  LayoutRecord layout;                                 // of the last training launch
  std::vector<LaunchUse> uses;                         // of the launches that had something to train
  std::vector<SpanRecord> spans;                       // of all launches, as they began
  std::map<std::string, LayoutRecord> layouts;         // of the last training launch of each part of the run
  std::string catalog_hash;                            // of the data that the run is about; empty in a new one
};
// Empty record for a directory that has no journal. A torn last line is ignored; SystemError on any other damage.
RunRecord replay(const std::filesystem::path& run_directory);
// The same for who only looks: what is damaged is left out, and said in `damage`, a sentence a line or file.
RunRecord replay(const std::filesystem::path& run_directory, std::vector<std::string>& damage);

// Appended and fsynced event by event; rank 0 alone has one. Thread-safe.
class Journal {
 public:
  Journal(const std::filesystem::path& run_directory, const LaunchRecord& launch, const std::string& catalog_hash);
  ~Journal();
  void stage(const std::string& name, const std::string& state, const std::string& detail = "");
  void layout(const LayoutRecord& layout);
  void trial_planned(const std::string& id, const std::string& identity, int epochs);
  void trial_started(const std::string& id, int group, const std::string& host);
  void trial_epoch(const std::string& id, int epoch, double valid_macro_f1);
  void trial_finished(const std::string& id, double valid_macro_f1, double seconds);
  void trial_paused(const std::string& id);  // checkpointed between two epochs: at a rung, or for want of time
  // scores: of all points that were compared; dropped: those that go no further.
  void rung(int epochs, const std::map<std::string, double>& scores, const std::vector<std::string>& dropped);
  void trial_failed(const std::string& id, const std::string& message);
  void trial_used(const std::string& id, int group, const UseRecord& use);  // however it ended
  void trial_predicted(const std::string& id);
  void note(const std::string& sentence);
  void end(const std::string& ending, const std::string& message = "");

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RUN/shared/PART: the folders of launches that are at work in one run directory at a time, each with a lease.
constexpr const char* kShared = "shared";
std::vector<std::filesystem::path> part_folders(const std::filesystem::path& run_directory);

// A launch that holds a lease.
struct Holder {
  std::string launch;   // its id
  double silent_s = 0;  // since it last renewed its lease, where it is of another host
};
// Those at work in the run directory now, as their leases tell: one that is alone, or several that share it.
std::vector<Holder> holders(const std::filesystem::path& run_directory);

// FOLDER/lease: who runs here. Held from construction to destruction, renewed by a thread. InputError within seconds
// when somebody else's is alive, by its process, by SLURM or because it is renewed: it names host, pid and job.
class Lease {
 public:
  Lease(const std::filesystem::path& folder, const LaunchRecord& launch);
  ~Lease();
  const std::string& took_over() const;  // a sentence about a launch that died here; empty if none

 private:
  struct State;
  std::unique_ptr<State> state_;
};
void refuse_held(const std::filesystem::path& folder, const LaunchRecord& mine);  // as a Lease would, but takes nothing
void refuse_other_plan(const std::filesystem::path& folder,
                       const LaunchRecord& mine);  // where who holds it has another

}  // namespace foldwave::journal
