#include "foldwave/comm/gpus.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/host.h"

namespace foldwave::comm {
namespace {

constexpr int kMajor = 10000, kFirstToShare = 23000;
constexpr const char* kSharing = "NCCL_MULTI_RANK_GPU_ENABLE";

}  // namespace

std::string dotted_nccl(int version) {
  return std::to_string(version / kMajor) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

std::string text_of_nccl(const NcclVersions& versions) {
  return versions.loaded == 0 ? "" : dotted_nccl(versions.loaded) + " (" + versions.path + ")";
}

void require_nccl(const NcclVersions& versions) {
  const auto compare = [&](int built_with, const std::string& who) {
    if (built_with == 0 || (versions.loaded >= built_with && versions.loaded / kMajor == built_with / kMajor)) return;
    throw InputError("NCCL " + text_of_nccl(versions) + " was loaded, but " + who + " was built with " +
                     dotted_nccl(built_with) + " and needs that or a newer " + std::to_string(built_with / kMajor) +
                     ".x: take the other one out of LD_LIBRARY_PATH");
  };
  if (versions.loaded == 0) throw InputError("NCCL at '" + versions.path + "' does not tell its version");
  compare(versions.compiled_with, "foldwave");
  compare(versions.of_torch, "LibTorch");
}

bool told_to_share_devices() { return environment_variable(kSharing) == "1"; }

bool can_share_devices(bool told_to_allow, int nccl) { return told_to_allow && nccl >= kFirstToShare; }

void refuse_shared_devices(const std::vector<std::string>& places, bool told_to_allow, int nccl) {
  if (can_share_devices(told_to_allow, nccl)) return;
  const std::string way_out = told_to_allow
                                  ? std::string("; ") + kSharing + " is of NCCL " + dotted_nccl(kFirstToShare) +
                                        " and newer, and " + dotted_nccl(nccl) + " was loaded"
                                  : std::string(", or ") + kSharing + "=1";
  std::map<std::string, size_t> first_rank;
  for (size_t rank = 0; rank < places.size(); ++rank) {
    const auto [found, fresh] = first_rank.emplace(places[rank], rank);
    if (!fresh)
      throw InputError("ranks " + std::to_string(found->second) + " and " + std::to_string(rank) +
                       " of a group have the same GPU (" + places[rank] +
                       "): start one rank a GPU, or set run.ranks_per_trial to 1" + way_out);
  }
}

// "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build": the first word of digits and
// dots.
std::string driver_in(const std::string& line) {
  std::istringstream words(line);
  for (std::string word; words >> word;)
    if (word.find('.') != std::string::npos && word.find_first_not_of("0123456789.") == std::string::npos) return word;
  return "";
}

std::string gpu_driver() {
  std::ifstream file("/proc/driver/nvidia/version");
  std::string line;
  std::getline(file, line);
  return driver_in(line);
}

std::string nccl_interface(const std::vector<std::string>& interfaces, const std::string& chosen) {
  if (!chosen.empty()) return chosen;
  const auto begins_with_one_of = [](const std::string& name, const std::vector<std::string>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](const std::string& beginning) { return name.starts_with(beginning); });
  };
  for (const std::string& name : interfaces)
    if (begins_with_one_of(name, {"ib"})) return name;
  for (const std::string& name : interfaces)
    if (!begins_with_one_of(name, {"lo", "docker", "virbr"})) return name;
  return interfaces.empty() ? "" : interfaces.front();
}

std::vector<std::string> network_interfaces() {
  std::vector<std::string> names;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return names;
  for (const ifaddrs* i = first; i != nullptr; i = i->ifa_next) {
    const bool has_address =
        i->ifa_addr != nullptr && (i->ifa_addr->sa_family == AF_INET || i->ifa_addr->sa_family == AF_INET6);
    if (has_address && (i->ifa_flags & IFF_UP) != 0 &&
        std::find(names.begin(), names.end(), i->ifa_name) == names.end())
      names.emplace_back(i->ifa_name);
  }
  freeifaddrs(first);
  return names;
}

}  // namespace foldwave::comm
