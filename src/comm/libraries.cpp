#include "foldwave/comm/libraries.h"

#include <mpi.h>

#include <algorithm>

#include "foldwave/comm/gpus.h"

namespace foldwave::comm {
namespace {

// May be asked before MPI_Init. "Open MPI v4.1.4", of its first line what stands before its packager's words.
std::string mpi() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) return "?";
  const std::string line = std::string(text, static_cast<size_t>(length));
  return line.substr(0, std::min(line.find('\n'), line.find(", package")));
}

}  // namespace

std::vector<Library> libraries() {
  const NcclVersions versions = nccl_versions();
  const std::string cuda = cuda_version();
  std::string nccl = text_of_nccl(versions);
  if (versions.compiled_with != 0 && versions.compiled_with != versions.loaded)
    nccl += ", built with " + dotted_nccl(versions.compiled_with);
  return {{"MPI", mpi()},
          {"NCCL", nccl.empty() ? "none: built without" : nccl},
          {"CUDA", cuda.empty() ? "none: built without" : cuda}};
}

}  // namespace foldwave::comm
