// Sums on GPUs over NCCL. Compiled here, but not yet run: see README, "What was not tested".
#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <nccl.h>

#include <cstring>
#include <string>

#include "comm/mpi_calls.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {
namespace {

constexpr double kPatience_s = 600;  // a peer that has not come by then is lost

void check_cuda(cudaError_t code, const char* call) {
  if (code != cudaSuccess) throw SystemError(std::string(call) + ": " + cudaGetErrorString(code));
}

class NcclCommunicator final : public Communicator {
 public:
  NcclCommunicator(const Group& group, int device) : group_(group) {
    check_cuda(cudaSetDevice(device), "cudaSetDevice");
    check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    check_cuda(cudaEventCreateWithFlags(&ready_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    check_cuda(cudaEventCreateWithFlags(&summed_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    std::string id_bytes;
    if (group.rank() == 0) {
      ncclUniqueId fresh;
      require(ncclGetUniqueId(&fresh), "ncclGetUniqueId");
      id_bytes.assign(fresh.internal, sizeof fresh.internal);
    }
    group.broadcast(id_bytes);
    ncclUniqueId id;
    std::memcpy(id.internal, id_bytes.data(), sizeof id.internal);
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    finish(ncclCommInitRankConfig(&comm_, group.size(), id, group.rank(), &config), "ncclCommInitRankConfig");
  }

  ~NcclCommunicator() override {
    if (comm_ != nullptr) ncclCommAbort(comm_);  // nothing is under way any more, or it must not block
    cudaEventDestroy(summed_);
    cudaEventDestroy(ready_);
    cudaStreamDestroy(stream_);
  }

  int rank() const override { return group_.rank(); }
  int size() const override { return group_.size(); }
  bool on_device() const override { return true; }

  // The network computes on the legacy default stream: its work so far comes before the sum, its later work after
  // wait().
  void start_sum(std::span<float> buffer) override {
    follow(nullptr, stream_, ready_);
    finish(ncclAllReduce(buffer.data(), buffer.data(), buffer.size(), ncclFloat, ncclSum, comm_, stream_),
           "ncclAllReduce");
  }

  void wait() override {
    check_cuda(cudaEventRecord(summed_, stream_), "cudaEventRecord");
    const double deadline = monotonic_s() + kPatience_s;
    BackOff back_off;
    for (;;) {
      const cudaError_t state = cudaEventQuery(summed_);
      if (state == cudaSuccess) break;
      if (state != cudaErrorNotReady) check_cuda(state, "cudaEventQuery");
      ncclResult_t error = ncclSuccess;
      require(ncclCommGetAsyncError(comm_, &error), "ncclCommGetAsyncError");
      if (error != ncclInProgress) require(error, "NCCL, asynchronously");
      if (monotonic_s() > deadline)
        throw SystemError("a sum over NCCL did not end within 600 s: a rank of the group is lost");
      back_off.idle();
    }
    check_cuda(cudaStreamWaitEvent(nullptr, summed_, 0), "cudaStreamWaitEvent");
  }

  void broadcast(std::span<std::byte> buffer, int root) override {
    follow(nullptr, stream_, ready_);
    finish(ncclBroadcast(buffer.data(), buffer.data(), buffer.size(), ncclChar, root, comm_, stream_), "ncclBroadcast");
    wait();
  }

 private:
  static void follow(cudaStream_t first, cudaStream_t then, cudaEvent_t event) {
    check_cuda(cudaEventRecord(event, first), "cudaEventRecord");
    check_cuda(cudaStreamWaitEvent(then, event, 0), "cudaStreamWaitEvent");
  }

  void require(ncclResult_t code, const char* call) const {
    if (code != ncclSuccess)
      throw SystemError(std::string(call) + ": " + ncclGetErrorString(code) + " " + ncclGetLastError(comm_));
  }

  // A non-blocking communicator answers ncclInProgress: poll until the call itself is through.
  void finish(ncclResult_t code, const char* call) {
    const double deadline = monotonic_s() + kPatience_s;
    BackOff back_off;
    while (code == ncclInProgress) {
      if (monotonic_s() > deadline)
        throw SystemError(std::string(call) + " did not end within 600 s: a rank of the group is lost");
      back_off.idle();
      require(ncclCommGetAsyncError(comm_, &code), "ncclCommGetAsyncError");
    }
    require(code, call);
  }

  Group group_;
  ncclComm_t comm_ = nullptr;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t ready_ = nullptr, summed_ = nullptr;
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(const Group& group, int device) {
  return std::make_unique<NcclCommunicator>(group, device);
}

bool built_with_nccl() { return true; }

std::string nccl_version() {
  int version = 0;
  if (ncclGetVersion(&version) != ncclSuccess) return "";
  Dl_info where{};
  const char* path = dladdr(reinterpret_cast<const void*>(&ncclGetVersion), &where) != 0 ? where.dli_fname : "?";
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100) + " (" + path + ")";
}

}  // namespace foldwave::comm
