// Three ranks, two of them a group that loses one; the third stands in a collective of the world and knows nothing.
#include "comm/faulty_communicator.h"
#include "foldwave/comm/world.h"

int main(int argc, char** argv) {
  using namespace foldwave::comm;
  const World world(argc, argv);
  if (world.rank() == 2) {
    begin_together(world.all());
    return 0;
  }
  const Fault fault{.at_sum = 1, .rank = 1, .kind = Fault::Kind::never_ends, .deadline_s = 0.5};
  const auto communicator = make_faulty_communicator(make_mpi_communicator(world.group({0, 1}, 3)), fault);
  std::vector<float> values(10);
  try {
    for (;;) {
      communicator->start_sum(values);
      communicator->wait();
    }
  } catch (const GroupLost& error) {
    world.end_for_lost_group(error.what());
  }
}
