// Small sums between the steps: what ranks must agree on before they go on together.
#pragma once

#include <torch/torch.h>

#include <exception>
#include <span>
#include <string>

#include "foldwave/comm/communicator.h"

namespace foldwave::training {

// Collective: sums host floats over the group, by way of the device where the communicator works there.
void sum_over_group(std::span<float> values, comm::Communicator& communicator, const torch::Device& device);

// Collective: returns on all ranks where none has failed; else throws, the failed ones their own exception, the others
// SystemError saying at what.
void agree(const std::exception_ptr& failure, const std::string& what, comm::Communicator& communicator,
           const torch::Device& device);

}  // namespace foldwave::training
