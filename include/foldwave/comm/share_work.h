// Work that is handed out on demand to the ranks of a group.
#pragma once

#include <functional>
#include <string>

#include "foldwave/comm/group.h"

namespace foldwave::comm {

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
// is a thread (where MPI allows only one, it coordinates first and then does what no other rank may have). A rank that
// may have none of those left has nothing more to do. Collective. When StopFlag is raised on
// any rank, or a rank throws, no more items go out; an exception of `work` (or, on rank 0, of a callback) is rethrown
// on its rank after all ranks have stopped, and as one of the same kind on the others. Returns how many items were done
// (the same number on all ranks).
int share_work(const Group& group, int items, const SharedWork& shared);
int share_work(const Group& group, int items, const std::function<std::string(int item)>& work,
               const std::function<void(int item, int rank, const std::string& outcome)>& on_outcome);

}  // namespace foldwave::comm
