// All ranks of a launch, from MPI_Init to MPI_Finalize: who they are, how they end together, and who watches whom.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foldwave/comm/group.h"

namespace foldwave::comm {

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
  const Group& node() const;  // the ranks of this node
  int rank() const { return all().rank(); }
  int size() const { return all().size(); }
  // Some of its ranks, ascending. Called by these alone, at once; `tag` tells groups apart that are formed at one time.
  Group group(const std::vector<int>& members, int tag) const;
  int local_rank() const { return node().rank(); }
  int local_size() const { return node().size(); }
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

}  // namespace foldwave::comm
