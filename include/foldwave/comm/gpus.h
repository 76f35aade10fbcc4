// Before ranks compute on GPUs: whether the NCCL that was loaded will do, whether they share devices, what to say of a
// node.
#pragma once

#include <string>
#include <vector>

#include "foldwave/comm/communicator.h"

namespace foldwave {
class OptionRegistry;
class Settings;
}  // namespace foldwave

namespace foldwave::comm {

// run.nccl_init_s, .nccl_step_s, .nccl_checkpoint_s
void declare_options(OptionRegistry& registry);
Deadlines deadlines(const Settings& settings);

std::vector<std::string> gpu_names();            // CUDA devices that this process sees; none without NCCL
std::string gpu_driver();                        // version of NVIDIA's kernel module, "580.159.04"; empty without
std::string cuda_version();                      // of the runtime that was loaded, "13.0"; empty without NCCL
std::string driver_in(const std::string& line);  // of the first line of /proc/driver/nvidia/version

// As NCCL_VERSION_CODE has them: 23007 is 2.30.7. 0: not known, or there is none.
struct NcclVersions {
  int loaded = 0, compiled_with = 0;
  int of_torch = 0;  // that LibTorch was built with, which shares the library with us
  std::string path;  // of the library that was loaded
};
NcclVersions nccl_versions();                            // but of_torch, which this room cannot know
std::string text_of_nccl(const NcclVersions& versions);  // "2.30.7 (/path/libnccl.so.2)"; empty without
std::string dotted_nccl(int version);                    // "2.30.7" of 23007
// InputError where the loaded library is older than the one that foldwave or LibTorch was built with, or of another
// major version; that comes of LD_LIBRARY_PATH, which goes before the library that foldwave was linked with.
void require_nccl(const NcclVersions& versions);

// places: of each rank of a group, its node and its device. InputError where two have the same, which NCCL refuses
// unless it is 2.30 or newer and was told to allow it. nccl: as NCCL_VERSION_CODE has it.
void refuse_shared_devices(const std::vector<std::string>& places, bool told_to_allow, int nccl);
bool told_to_share_devices();  // NCCL_MULTI_RANK_GPU_ENABLE=1
bool can_share_devices(bool told_to_allow, int nccl);

// The network interface by which NCCL reaches other nodes first: what the user has chosen (NCCL_SOCKET_IFNAME), or else
// InfiniBand's, or else the first of `interfaces` that is neither loopback nor a bridge of containers.
std::string nccl_interface(const std::vector<std::string>& interfaces, const std::string& chosen);
std::vector<std::string> network_interfaces();  // of this node: those that are up, with an address

}  // namespace foldwave::comm
