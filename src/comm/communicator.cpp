#include "foldwave/comm/communicator.h"

namespace foldwave::comm {

std::unique_ptr<Communicator> make_communicator(const Group& group, int device, const Deadlines& deadlines) {
  if (device < 0 || group.size() == 1 || !built_with_nccl()) return make_mpi_communicator(group);
  return make_nccl_communicator(group, device, deadlines);
}

}  // namespace foldwave::comm
