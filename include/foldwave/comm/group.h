// Ranks that belong together, and collectives over raw bytes among them. Every wait here tests and backs off, because
// Open MPI's own waits spin; it has no deadline: World::watch() ends a launch one of whose ranks is silent.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace foldwave::comm {

// Some ranks of the world, numbered 0 .. size()-1 in world order. A copy shares the same communicator.
class Group {
 public:
  int rank() const;
  int size() const;

  void broadcast(std::string& bytes, int root = 0) const;                         // any length
  std::vector<std::string> gather(const std::string& bytes, int root = 0) const;  // [size] at root, empty elsewhere

  struct State;
  const std::shared_ptr<State>& state() const { return state_; }
  explicit Group(std::shared_ptr<State> state);

 private:
  std::shared_ptr<State> state_;
};

// Runs `task` on rank 0 and gives every rank its result; what it throws there is thrown, in kind, on all. Collective.
std::string on_rank_0(const Group& group, const std::function<std::string()>& task);
void begin_together(const Group& group);  // returns when all ranks have come. Collective

}  // namespace foldwave::comm
