// What there is instead of src/comm/nccl_communicator.cpp in a build without NCCL.
#ifndef FOLDWAVE_WITH_NCCL

#include "foldwave/comm/communicator.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {

std::unique_ptr<Communicator> make_nccl_communicator(const Group&, int, const Deadlines&) {
  throw SystemError("foldwave was built without NCCL (FOLDWAVE_NCCL=OFF)");
}
bool built_with_nccl() { return false; }
NcclVersions nccl_versions() { return {}; }
std::vector<std::string> gpu_names() { return {}; }
std::string cuda_version() { return ""; }

}  // namespace foldwave::comm

#endif
