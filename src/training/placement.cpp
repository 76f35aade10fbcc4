#include "training/placement.h"

namespace foldwave::training {

void place_network(models::Network& network, const torch::Device& device) {
  torch::NoGradGuard no_grad;
  network.to(device);
  for (auto& p : network.parameters())
    if (p.dim() == 4) p.set_data(p.detach().to(p.options(), false, false, torch::MemoryFormat::ChannelsLast));
}

torch::Tensor to_tensor(const batches::Batch& batch, const torch::Device& device) {
  const auto borrowed = torch::from_blob(const_cast<float*>(batch.x.data()), batch.shape);
  const auto format = batch.shape.size() == 4 ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::Contiguous;
  return borrowed.to(torch::TensorOptions(device), false, true, format);
}

}  // namespace foldwave::training
