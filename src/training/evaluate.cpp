#include "training/evaluate.h"

#include <algorithm>
#include <cmath>

#include "training/placement.h"

namespace foldwave::training {

torch::Tensor probabilities(models::Network& network, const batches::Batch& batch, const torch::Device& device) {
  return network.forward(to_tensor(batch, device), {}).to(torch::kFloat).softmax(1).to(torch::kCPU).contiguous();
}

std::vector<float> class_probabilities(models::Network& network, batches::PredictionBatches& batches, size_t songs,
                                       int classes, Precision precision, const torch::Device& device) {
  torch::InferenceMode no_graph;
  network.eval();
  const Autocast autocast(precision, device);
  std::vector<float> probability(songs * static_cast<size_t>(classes));
  std::vector<int> crops(songs);
  batches::Batch batch;
  while (batches.next(batch)) {
    const auto p = probabilities(network, batch, device);
    const float* from = p.data_ptr<float>();
    for (const int row : batch.row) {
      float* to = &probability[static_cast<size_t>(row) * static_cast<size_t>(classes)];
      for (int c = 0; c < classes; ++c) to[c] += *from++;
      ++crops[row];
    }
  }
  for (size_t row = 0; row < songs; ++row)
    for (int c = 0; c < classes; ++c)
      probability[row * static_cast<size_t>(classes) + c] /= static_cast<float>(std::max(1, crops[row]));
  return probability;
}

double log_loss(const std::vector<float>& probability, const std::vector<int>& label, int classes) {
  constexpr double smallest = 1e-12;
  double sum = 0;
  for (size_t row = 0; row < label.size(); ++row)
    sum -= std::log(std::max<double>(probability[row * static_cast<size_t>(classes) + label[row]], smallest));
  return sum / std::max<double>(1, static_cast<double>(label.size()));
}

}  // namespace foldwave::training
