// Where networks and batches lie: on the device of the rank, pictures with their channels last (the layout oneDNN and
// cuDNN are fastest in).
#pragma once

#include "foldwave/batches/batches.h"
#include "foldwave/models/models.h"

namespace foldwave::training {

void place_network(models::Network& network, const torch::Device& device);
torch::Tensor to_tensor(const batches::Batch& batch, const torch::Device& device);  // a copy

}  // namespace foldwave::training
