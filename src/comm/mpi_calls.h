// MPI behind C++: every call checked in one place, and waits that do not spin.
#pragma once

#include <mpi.h>

#include <vector>

#include "comm/back_off.h"
#include "foldwave/comm/group.h"

namespace foldwave::comm {

void check(int code, const char* call);             // throws SystemError with MPI's own words
void wait(MPI_Request& request, const char* what);  // tests and backs off; sleeps up to 1 ms between tests
bool wait_until(MPI_Request& request, const char* what,
                double deadline_s);  // false: not complete by then (monotonic_s)

struct Group::State {
  State(MPI_Comm comm_, bool owned_);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  MPI_Comm comm = MPI_COMM_NULL;
  bool owned = false;
  int rank = 0, size = 1;
  std::vector<int> world_ranks;
};

bool multiple_threads_allowed();

}  // namespace foldwave::comm
