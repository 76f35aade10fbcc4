#include "training/evaluate.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "foldwave/core/errors.h"
#include "training/placement.h"

namespace foldwave::training {

torch::Tensor logits_of(models::Network& network, const batches::Batch& batch, const torch::Device& device) {
  return network.forward(to_tensor(batch, device), {}).to(torch::kFloat);
}

namespace {

// A row of sums over `crops` crops becomes their mean.
void finish_mean(std::span<float> row, int crops) {
  for (float& p : row) p /= static_cast<float>(crops);
}

// A row of sums of logarithms becomes a distribution.
void finish_geometric_mean(std::span<float> row, int crops) {
  finish_mean(row, crops);
  const float largest = *std::max_element(row.begin(), row.end());
  float sum = 0;
  for (float& p : row) sum += p = std::exp(p - largest);
  for (float& p : row) p /= sum;
}

}  // namespace

std::vector<float> class_probabilities(models::Network& network, batches::PredictionBatches& batches, size_t songs,
                                       const Evaluation& how) {
  torch::InferenceMode no_graph;
  network.eval();
  const Autocast autocast(how.precision, how.device);
  const auto classes = static_cast<size_t>(how.classes);
  std::vector<float> probability(songs * classes);
  std::vector<int> crops(songs);
  batches::Batch batch;
  while (batches.next(batch)) {
    if (how.stops()) throw Stopped("stopped while songs were asked about");
    const auto logits = logits_of(network, batch, how.device);
    const auto p = (how.geometric ? logits.log_softmax(1) : logits.softmax(1)).to(torch::kCPU).contiguous();
    const float* from = p.data_ptr<float>();
    for (const int row : batch.row) {
      float* to = &probability[static_cast<size_t>(row) * classes];
      for (size_t c = 0; c < classes; ++c) to[c] += *from++;
      ++crops[static_cast<size_t>(row)];
    }
  }
  for (size_t row = 0; row < songs; ++row)
    if (crops[row] > 0)
      (how.geometric ? finish_geometric_mean : finish_mean)(std::span(probability).subspan(row * classes, classes),
                                                            crops[row]);
  return probability;
}

double accuracy(const std::vector<int>& label, const std::vector<int>& guess) {
  int hits = 0;
  for (size_t row = 0; row < label.size(); ++row) hits += label[row] == guess[row];
  return hits / std::max<double>(1, static_cast<double>(label.size()));
}

double log_loss(const std::vector<float>& probability, const std::vector<int>& label, int classes) {
  constexpr double smallest = 1e-12;
  double sum = 0;
  for (size_t row = 0; row < label.size(); ++row)
    sum -= std::log(std::max<double>(probability[row * static_cast<size_t>(classes) + label[row]], smallest));
  return sum / std::max<double>(1, static_cast<double>(label.size()));
}

void judge_validation(const std::vector<float>& probability, const std::vector<int>& label, int classes,
                      EpochRecord& record) {
  const std::vector<int> guess = catalog::most_likely(probability, classes);
  record.valid_loss = log_loss(probability, label, classes);
  record.valid_accuracy = accuracy(label, guess);
  record.valid_macro_f1 = catalog::macro_f1(label, guess, classes);
}

}  // namespace foldwave::training
