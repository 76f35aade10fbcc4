#include "jobs/gpus.h"

#include <fmt/format.h>

#include <cstdlib>

#include "foldwave/comm/gpus.h"
#include "foldwave/core/errors.h"
#include "foldwave/training/training.h"

namespace foldwave::jobs {
namespace {

constexpr const char* kRefused = "!";  // before a sentence of what will not do

std::string line_of_node(const Call& call, const std::vector<std::string>& gpus, const comm::NcclVersions& nccl) {
  if (call.world->local_rank() != 0) return "";
  const char* chosen = std::getenv("NCCL_SOCKET_IFNAME");
  const std::string interface = comm::nccl_interface(comm::network_interfaces(), chosen == nullptr ? "" : chosen);
  return fmt::format("{}: {} GPU{} ({}), NCCL {}, network interface {}", call.environment.host, gpus.size(),
                     gpus.size() == 1 ? "" : "s", gpus.front(), comm::text_of_nccl(nccl), interface);
}

std::string word_of_rank(const Call& call) {
  const std::vector<std::string> gpus = comm::gpu_names();
  if (gpus.empty()) return "";
  comm::NcclVersions nccl = comm::nccl_versions();
  nccl.of_torch = training::nccl_of_torch();
  try {
    comm::require_nccl(nccl);
  } catch (const InputError& error) {
    return fmt::format("{}{}: {}", kRefused, call.environment.host, error.what());
  }
  return line_of_node(call, gpus, nccl);
}

}  // namespace

void introduce_gpus(const Call& call) {
  const std::vector<std::string> words = call.world->all().gather(word_of_rank(call));
  comm::on_rank_0(call.world->all(), [&] {
    for (const std::string& word : words)
      if (word.starts_with(kRefused)) throw InputError(word.substr(1));
    for (const std::string& word : words)
      if (!word.empty()) call.progress.note(word);
    return std::string();
  });
}

}  // namespace foldwave::jobs
