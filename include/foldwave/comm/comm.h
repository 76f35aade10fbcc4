// Ranks: the world, groups of it, collectives over raw buffers, and work handed out on demand. All waiting goes through
// one loop that tests and backs off, because Open MPI's own waits spin; only the end of a run has a deadline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foldwave/core/errors.h"

namespace foldwave::comm {

// Some ranks of the world, numbered 0 .. size()-1 in world order. A copy shares the same communicator.
class Group {
 public:
  int rank() const;
  int size() const;

  void broadcast(std::string& bytes, int root = 0) const;                         // any length
  std::vector<std::string> gather(const std::string& bytes, int root = 0) const;  // [size] at root, empty elsewhere
  // Only the members (world ranks, ascending) call this.
  Group subgroup(const std::vector<int>& world_ranks, int tag) const;

  struct State;
  const std::shared_ptr<State>& state() const { return state_; }
  explicit Group(std::shared_ptr<State> state);

 private:
  std::shared_ptr<State> state_;
};

// How a rank would like to end.
struct ExitVerdict {
  int code = 0;
  std::string message;
  int rank = 0;  // who says so
};

// MPI_Init to MPI_Finalize. Exactly one in main, and only when launched by mpirun or srun or for a working command.
class World {
 public:
  World(int& argc, char**& argv);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Group& all() const;
  int rank() const { return all().rank(); }
  int size() const { return all().size(); }
  int local_rank() const;  // among the ranks of this node
  int local_size() const;
  std::string library_version() const;
  // Collective at a rank's edge: the gravest verdict of all, the same on every rank; nothing if some rank has not come
  // within `patience_s`, because it is dead or waits in another collective.
  std::optional<ExitVerdict> agree_on_exit(const ExitVerdict& mine, double patience_s) const;
  // From now on, and until the world ends, this rank tells the next one that it lives, and listens to the one before:
  // on_silence is called, on a thread, when nothing has come from there for silence_s. Where MPI allows one thread
  // alone, nobody watches.
  void watch(double silence_s, const std::string& who_am_i,
             const std::function<void(int rank, const std::string& who)>& on_silence) const;
  [[noreturn]] void abort(int code) const;  // after the error has been printed: ends every rank
  // Says so and aborts: the other ranks of the group wait for this one, and those of other groups for them.
  [[noreturn]] void end_for_lost_group(const std::string& why) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The ranks of a group can no longer talk to one another: nothing helps but to end the launch and start it again.
class GroupLost : public SystemError {
 public:
  using SystemError::SystemError;
};

// What communication has taken on this rank so far.
struct CommunicationTime {
  double summing_s = 0;  // sums were under way, hidden behind the caller's own work or not
  double waited_s = 0;   // the caller stood still for them: the part that was not hidden
};

// Sums of float buffers over a group: what data-parallel training needs, and no more.
class Communicator {
 public:
  enum class Phase { step, checkpoint };

  virtual ~Communicator() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  virtual bool on_device() const = 0;  // buffers are CUDA device memory
  // Starts summing `buffer` over the group in place; buffers are reduced in the order in which they were started, the
  // same on all ranks. Equal inputs give equal bytes, the same on every rank: on the host the sum is taken in rank
  // order, on devices in an order that NCCL decides by the size of the group and of the buffer.
  virtual void start_sum(std::span<float> buffer) = 0;
  virtual void wait() = 0;  // until all started sums are there; throws SystemError, or GroupLost for good
  // Sums a buffer that the caller cannot go on without. It need not come behind the sums that were started before.
  virtual void sum(std::span<float> buffer) {
    start_sum(buffer);
    wait();
  }
  virtual void broadcast(std::span<std::byte> buffer, int root) = 0;
  virtual CommunicationTime time() const { return {}; }  // zeros where it is not measured

  // Between steps a rank may write a checkpoint, or validate longer than the others, while these wait.
  void enter(Phase phase) { phase_ = phase; }

 protected:
  Phase phase() const { return phase_; }

 private:
  Phase phase_ = Phase::step;
};
std::unique_ptr<Communicator> make_mpi_communicator(const Group& group);  // collective

// How long a group on GPUs waits for its ranks before it takes one of them for lost. Groups over MPI have World::watch.
struct Deadlines {
  double init_s = 120, step_s = 600, checkpoint_s = 1800;
};
// Collective; device: the CUDA device of this rank. SystemError where foldwave was built without NCCL.
std::unique_ptr<Communicator> make_nccl_communicator(const Group& group, int device, const Deadlines& deadlines);
bool built_with_nccl();
// Over NCCL for ranks that have devices (not -1), else over MPI. Collective.
std::unique_ptr<Communicator> make_communicator(const Group& group, int device, const Deadlines& deadlines);

// Runs `task` on rank 0 and gives every rank its result; what it throws there is thrown, in kind, on all. Collective.
std::string on_rank_0(const Group& group, const std::function<std::string()>& task);
void begin_together(const Group& group);  // returns when all ranks have come. Collective

// What is to be done with each item, on the rank that got it; and what rank 0 hears of it, one call at a time.
struct SharedWork {
  using Say = std::function<void(const std::string& news)>;
  std::function<std::string(int item, const Say& say)> work;                           // returns the outcome
  std::function<bool(int item, int rank)> may_have = nullptr;                          // on rank 0; null: any rank any
  std::function<void(int item, int rank)> on_start = nullptr;                          // handed out
  std::function<void(int item, int rank, const std::string& news)> on_news = nullptr;  // said while working
  std::function<void(int item, int rank, const std::string& outcome)> on_outcome = nullptr;
};

// Hands the items 0 .. items-1 out on demand, in that order, to the ranks of `group`; rank 0 works too, its coordinator
// is a thread. A rank that may have none of those left has nothing more to do. Collective. When StopFlag is raised on
// any rank, or a rank throws, no more items go out; an exception of `work` (or, on rank 0, of a callback) is rethrown
// on its rank after all ranks have stopped, and as one of the same kind on the others. Returns how many items were done
// (the same number on all ranks).
int share_work(const Group& group, int items, const SharedWork& shared);
int share_work(const Group& group, int items, const std::function<std::string(int item)>& work,
               const std::function<void(int item, int rank, const std::string& outcome)>& on_outcome);

}  // namespace foldwave::comm
