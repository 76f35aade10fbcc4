// final.safetensors: the trained network, with timm's names, and a header that alone is enough to predict with it.
#pragma once

#include <memory>
#include <optional>

#include "foldwave/models/models.h"
#include "foldwave/training/checkpoint.h"
#include "training/tensor_file.h"

namespace foldwave::training {

void write_checkpoint(const std::filesystem::path& path, const models::Network& network,
                      const CheckpointHeader& header);
// Nothing where a file of weights is not a checkpoint of ours.
std::optional<CheckpointHeader> header_if_ours(const std::filesystem::path& path);
// The network of a checkpoint, with its weights.
std::shared_ptr<models::Network> read_network(const std::filesystem::path& path, const CheckpointHeader& header);

}  // namespace foldwave::training
