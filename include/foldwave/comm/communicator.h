// What data-parallel training needs of a group of ranks: sums of float buffers, over MPI or NCCL.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "foldwave/comm/group.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {

// The ranks of a group can no longer talk to one another: nothing helps but to end the launch and start it again.
class GroupLost : public SystemError {
 public:
  using SystemError::SystemError;
};

// The rank that throws this is well; it was told that another one of its group failed, and why is for that one to say.
class PeerFailed : public SystemError {
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
  // n zeros on the host whose sums, of parts of it too, take the fewest copies: ranks on one node share its memory. All
  // ranks ask for it, start sums of the same parts, and let go of it before they ask for the next.
  virtual std::shared_ptr<float[]> buffer(size_t n) { return std::make_shared<float[]>(n); }
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
// shares_memory: where all ranks are on one node and may, sums need no messages. Collective.
std::unique_ptr<Communicator> make_mpi_communicator(const Group& group, bool shares_memory = true);

// How long a group on GPUs waits for its ranks before it takes one of them for lost. Groups over MPI have World::watch.
struct Deadlines {
  double init_s = 120, step_s = 600, checkpoint_s = 1800;
};
// Collective; device: the CUDA device of this rank. SystemError where foldwave was built without NCCL.
std::unique_ptr<Communicator> make_nccl_communicator(const Group& group, int device, const Deadlines& deadlines);
bool built_with_nccl();
// Over NCCL for ranks that have devices (not -1), else over MPI. Collective.
std::unique_ptr<Communicator> make_communicator(const Group& group, int device, const Deadlines& deadlines);

}  // namespace foldwave::comm
