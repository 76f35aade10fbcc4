#include "foldwave/training/libraries.h"

#include "foldwave/comm/gpus.h"
#include "foldwave/training/training.h"

namespace foldwave::training {

std::vector<Library> libraries() {
  std::vector<Library> all{{"LibTorch", torch_version()}};
  if (const int nccl = nccl_of_torch(); nccl != 0) all.push_back({"NCCL of LibTorch", comm::dotted_nccl(nccl)});
  return all;
}

}  // namespace foldwave::training
