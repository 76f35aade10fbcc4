#include "comm/mpi_calls.h"

#include <limits>
#include <numeric>
#include <string>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw SystemError(std::string(call) + ": " + std::string(text, static_cast<size_t>(length)));
}

bool wait_until(MPI_Request& request, const char* what, double deadline_s) {
  BackOff back_off;
  for (;;) {
    int complete = 0;
    check(MPI_Test(&request, &complete, MPI_STATUS_IGNORE), what);
    if (complete) return true;
    if (monotonic_s() > deadline_s) return false;
    back_off.idle();
  }
}

void wait(MPI_Request& request, const char* what) {
  wait_until(request, what, std::numeric_limits<double>::infinity());
}

Group::State::State(MPI_Comm comm_, bool owned_) : comm(comm_), owned(owned_) {
  check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  MPI_Group mine, world;
  check(MPI_Comm_group(comm, &mine), "MPI_Comm_group");
  check(MPI_Comm_group(MPI_COMM_WORLD, &world), "MPI_Comm_group");
  std::vector<int> ranks(static_cast<size_t>(size));
  std::iota(ranks.begin(), ranks.end(), 0);
  world_ranks.resize(ranks.size());
  check(MPI_Group_translate_ranks(mine, size, ranks.data(), world, world_ranks.data()), "MPI_Group_translate_ranks");
  MPI_Group_free(&mine);
  MPI_Group_free(&world);
}

Group::State::~State() {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (owned && !finalized) MPI_Comm_free(&comm);
}

bool multiple_threads_allowed() {
  int level = MPI_THREAD_SINGLE;
  MPI_Query_thread(&level);
  return level == MPI_THREAD_MULTIPLE;
}

}  // namespace foldwave::comm
