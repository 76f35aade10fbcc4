// Sums on GPUs over NCCL.
#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <nccl.h>

#include <array>
#include <cstring>
#include <string>

#include "comm/async_calls.h"
#include "foldwave/comm/communicator.h"
#include "foldwave/comm/fail_together.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/host.h"

namespace foldwave::comm {
namespace {

void check_cuda(cudaError_t code, const char* call) {
  if (code != cudaSuccess) throw SystemError(std::string(call) + ": " + cudaGetErrorString(code));
}

CallState state_of(ncclResult_t code) {
  if (code == ncclSuccess) return CallState::done;
  return code == ncclInProgress ? CallState::in_progress : CallState::failed;
}

// Errors of the network or of a peer come at any time: whoever waits asks for them.
class NcclLink final : public AsyncLink {
 public:
  CallState state() override {
    ncclResult_t code = ncclSuccess;
    const ncclResult_t asked = ncclCommGetAsyncError(comm, &code);
    return note(asked != ncclSuccess ? asked : code);
  }
  CallState note(ncclResult_t code) {
    if (state_of(code) == CallState::failed) last_error_ = code;
    return state_of(code);
  }
  std::string reason() override { return std::string(ncclGetErrorString(last_error_)) + " " + ncclGetLastError(comm); }
  void abort() override {
    if (comm != nullptr) ncclCommAbort(comm);
  }

  ncclComm_t comm = nullptr;

 private:
  ncclResult_t last_error_ = ncclSuccess;
};

// The node and the bus address: an index means another device on each rank where CUDA_VISIBLE_DEVICES differs.
std::string place_of(int device) {
  std::array<char, 32> bus{};
  check_cuda(cudaDeviceGetPCIBusId(bus.data(), bus.size(), device), "cudaDeviceGetPCIBusId");
  return host_name() + " " + bus.data();
}

class NcclCommunicator final : public Communicator {
 public:
  NcclCommunicator(const Group& group, int device, const Deadlines& deadlines)
      : group_(group), deadlines_(deadlines), link_(std::make_shared<NcclLink>()), calls_(link_) {
    check_cuda(cudaSetDevice(device), "cudaSetDevice");
    check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    check_cuda(cudaEventCreateWithFlags(&ready_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    check_cuda(cudaEventCreateWithFlags(&summed_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    const ncclUniqueId id = id_of_group();
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    finish(ncclCommInitRankConfig(&link_->comm, group.size(), id, group.rank(), &config), "ncclCommInitRankConfig",
           deadlines_.init_s);
  }

  ~NcclCommunicator() override {
    calls_.abort();  // nothing is under way any more, or it must not block
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
    calls_.refuse_after_failure();
    follow(nullptr, stream_, ready_);
    finish(ncclAllReduce(buffer.data(), buffer.data(), buffer.size(), ncclFloat, ncclSum, link_->comm, stream_),
           "ncclAllReduce", patience_s());
  }

  void wait() override {
    calls_.refuse_after_failure();
    check_cuda(cudaEventRecord(summed_, stream_), "cudaEventRecord");
    calls_.wait_until(
        [this] {
          const cudaError_t state = cudaEventQuery(summed_);
          if (state != cudaErrorNotReady) check_cuda(state, "cudaEventQuery");
          return state == cudaSuccess;
        },
        "a sum over NCCL", patience_s());
    check_cuda(cudaStreamWaitEvent(nullptr, summed_, 0), "cudaStreamWaitEvent");
  }

  void broadcast(std::span<std::byte> buffer, int root) override {
    calls_.refuse_after_failure();
    follow(nullptr, stream_, ready_);
    finish(ncclBroadcast(buffer.data(), buffer.data(), buffer.size(), ncclChar, root, link_->comm, stream_),
           "ncclBroadcast", patience_s());
    wait();
  }

 private:
  static void follow(cudaStream_t first, cudaStream_t then, cudaEvent_t event) {
    check_cuda(cudaEventRecord(event, first), "cudaEventRecord");
    check_cuda(cudaStreamWaitEvent(then, event, 0), "cudaStreamWaitEvent");
  }

  // Made by the first rank, and sent around over MPI.
  ncclUniqueId id_of_group() const {
    const std::string bytes = on_rank_0(group_, [] {
      ncclUniqueId fresh;
      const ncclResult_t made = ncclGetUniqueId(&fresh);
      if (made != ncclSuccess) throw SystemError(std::string("ncclGetUniqueId: ") + ncclGetErrorString(made));
      return std::string(fresh.internal, sizeof fresh.internal);
    });
    ncclUniqueId id;
    std::memcpy(id.internal, bytes.data(), sizeof id.internal);
    return id;
  }

  // A non-blocking communicator answers ncclInProgress: it is polled until the call itself is through.
  void finish(ncclResult_t code, const char* call, double patience_s) {
    calls_.finish(link_->note(code), call, patience_s);
  }
  double patience_s() const { return phase() == Phase::checkpoint ? deadlines_.checkpoint_s : deadlines_.step_s; }

  Group group_;
  Deadlines deadlines_;
  std::shared_ptr<NcclLink> link_;
  AsyncCalls calls_;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t ready_ = nullptr, summed_ = nullptr;
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(const Group& group, int device, const Deadlines& deadlines) {
  std::string place;
  std::exception_ptr failure;
  try {
    place = place_of(device);
  } catch (const Error&) {
    failure = std::current_exception();
  }
  fail_together(group, failure);
  const std::vector<std::string> places = group.gather(place);
  on_rank_0(group, [&] {
    refuse_shared_devices(places, told_to_share_devices(), nccl_versions().loaded);
    return std::string();
  });
  return std::make_unique<NcclCommunicator>(group, device, deadlines);
}

bool built_with_nccl() { return true; }

std::vector<std::string> gpu_names() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess) return {};
  std::vector<std::string> names;
  for (int device = 0; device < devices; ++device) {
    cudaDeviceProp properties{};
    check_cuda(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
    names.emplace_back(properties.name);
  }
  return names;
}

std::string cuda_version() {
  int version = 0;  // 13000 is 13.0
  if (cudaRuntimeGetVersion(&version) != cudaSuccess) return "?";
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

NcclVersions nccl_versions() {
  NcclVersions versions{.loaded = 0, .compiled_with = NCCL_VERSION_CODE, .path = "?"};
  if (ncclGetVersion(&versions.loaded) != ncclSuccess) versions.loaded = 0;
  Dl_info where{};
  if (dladdr(reinterpret_cast<const void*>(&ncclGetVersion), &where) != 0) versions.path = where.dli_fname;
  return versions;
}

}  // namespace foldwave::comm
