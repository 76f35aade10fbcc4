#include "jobs/gpus.h"

#include <fmt/format.h>

#include <cstdlib>

#include "foldwave/comm/fail_together.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/core/errors.h"
#include "foldwave/training/training.h"

namespace foldwave::jobs {
namespace {

std::string line_of_node(const Call& call, const std::vector<std::string>& gpus, const comm::NcclVersions& nccl) {
  if (call.world->local_rank() != 0) return "";
  const char* chosen = std::getenv("NCCL_SOCKET_IFNAME");
  const std::string interface = comm::nccl_interface(comm::network_interfaces(), chosen == nullptr ? "" : chosen);
  return fmt::format("{}: {} GPU{} ({}), NCCL {}, network interface {}", call.environment.host, gpus.size(),
                     gpus.size() == 1 ? "" : "s", gpus.front(), comm::text_of_nccl(nccl), interface);
}

std::string line_of_rank(const Call& call) {
  const std::vector<std::string> gpus = comm::gpu_names();
  if (gpus.empty()) return "";
  comm::NcclVersions nccl = comm::nccl_versions();
  nccl.of_torch = training::nccl_of_torch();
  comm::require_nccl(nccl);
  return line_of_node(call, gpus, nccl);
}

}  // namespace

void introduce_gpus(const Call& call) {
  std::string line;
  std::exception_ptr failure;
  try {
    line = line_of_rank(call);
  } catch (const Error&) {
    failure = std::current_exception();
  }
  comm::fail_together(call.world->all(), failure);
  for (const std::string& of_node : call.world->all().gather(line))
    if (!of_node.empty()) call.progress.note(of_node);
}

}  // namespace foldwave::jobs
