#include "foldwave/comm/world.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "comm/mpi_calls.h"
#include "comm/watch.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/last_mark.h"

namespace foldwave::comm {

struct World::State {
  Group all{nullptr}, node{nullptr};
  MPI_Comm edge = MPI_COMM_NULL;  // for agree_on_exit alone, which may find the others in any collective of `all`
  MPI_Comm ring = MPI_COMM_NULL;
  std::unique_ptr<Watch> watch;
};

World::World(int& argc, char**& argv) : state_(std::make_unique<State>()) {
  int provided = MPI_THREAD_SINGLE;
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided), "MPI_Init_thread");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm own;
  check(MPI_Comm_dup(MPI_COMM_WORLD, &own), "MPI_Comm_dup");
  check(MPI_Comm_dup(MPI_COMM_WORLD, &state_->edge), "MPI_Comm_dup");
  check(MPI_Comm_dup(MPI_COMM_WORLD, &state_->ring), "MPI_Comm_dup");
  state_->all = Group(std::make_shared<Group::State>(own, false));
  MPI_Comm node;
  check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node), "MPI_Comm_split_type");
  state_->node = Group(std::make_shared<Group::State>(node, false));
}

World::~World() {
  state_->watch.reset();
  MPI_Finalize();
}

const Group& World::all() const { return state_->all; }
const Group& World::node() const { return state_->node; }

Group World::group(const std::vector<int>& members, int tag) const {
  MPI_Group everyone, chosen;
  check(MPI_Comm_group(MPI_COMM_WORLD, &everyone), "MPI_Comm_group");
  check(MPI_Group_incl(everyone, static_cast<int>(members.size()), members.data(), &chosen), "MPI_Group_incl");
  MPI_Comm comm = MPI_COMM_NULL;
  check(MPI_Comm_create_group(MPI_COMM_WORLD, chosen, tag, &comm), "MPI_Comm_create_group");
  MPI_Group_free(&chosen);
  MPI_Group_free(&everyone);
  return Group(std::make_shared<Group::State>(comm, true));
}

std::optional<ExitVerdict> World::agree_on_exit(const ExitVerdict& mine, double patience_s) const {
  constexpr int kText = 1000;
  struct Slot {
    int code;
    char text[kText];
  };
  Slot own{mine.code, {}};
  std::strncpy(own.text, mine.message.c_str(), kText - 1);
  std::vector<Slot> slots(static_cast<size_t>(size()));
  MPI_Request request;
  check(MPI_Iallgather(&own, sizeof(Slot), MPI_BYTE, slots.data(), sizeof(Slot), MPI_BYTE, state_->edge, &request),
        "MPI_Iallgather");
  if (!wait_until(request, "MPI_Iallgather", monotonic_s() + patience_s)) return std::nullopt;
  // The first rank with the gravest code speaks; a stop is graver than success, an error than a stop.
  const auto gravity = [](const Slot& slot) { return slot.code == 0 ? 0 : slot.code == 75 ? 1 : 2; };
  const auto worst = std::max_element(slots.begin(), slots.end(),
                                      [&](const Slot& a, const Slot& b) { return gravity(a) < gravity(b); });
  return ExitVerdict{worst->code, worst->text, static_cast<int>(worst - slots.begin())};
}

void World::watch(double silence_s, const std::string& who_am_i,
                  const std::function<void(int rank, const std::string& who)>& on_silence) const {
  if (multiple_threads_allowed() && !state_->watch)
    state_->watch = std::make_unique<Watch>(state_->ring, silence_s, who_am_i, on_silence);
}

void World::end_for_lost_group(const std::string& why) const {
  std::fprintf(stderr, "foldwave: rank %d: %s; all ranks are ended, the same command goes on\n", rank(), why.c_str());
  std::fflush(stderr);
  abort(1);
}

void World::abort(int code) const {
  LastMark::set(LastMark::kLeft);
  MPI_Abort(MPI_COMM_WORLD, code);
  std::terminate();
}

}  // namespace foldwave::comm
