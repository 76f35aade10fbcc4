#include "training/metrics.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace foldwave::training {
namespace {

void add_to(std::vector<double>& sum, const std::vector<double>& values) {
  std::transform(sum.begin(), sum.end(), values.begin(), sum.begin(), std::plus<>());
}

// Shortest text that reads back as the same double is too wide for a table; six digits are what anyone compares.
std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string row_of(const StepRecord& s) {
  return std::to_string(s.epoch) + "," + std::to_string(s.step) + "," + number(s.lr) + "," + number(s.loss) +
         ",,,,,,,,,\n";
}

std::string row_of(const EpochRecord& e) {
  std::string row = std::to_string(e.epoch) + "," + std::to_string(e.step) + "," + number(e.lr) + ",";
  const auto append = [&](std::initializer_list<double> values) {
    for (const double value : values) row.append(",").append(number(value));
  };
  append({e.train_loss, e.train_accuracy, e.train_macro_f1});
  if (e.validated())
    append({e.valid_loss, e.valid_accuracy, e.valid_macro_f1});
  else
    row += ",,,";
  append({e.samples_per_s, e.wait_share, e.seconds});
  return row + "\n";
}

}  // namespace

void Tally::add(const Tally& other) {
  loss += other.loss;
  add_to(hits, other.hits);
  add_to(predicted, other.predicted);
  add_to(truth, other.truth);
}

double Tally::songs() const { return std::accumulate(truth.begin(), truth.end(), 0.0); }

double Tally::mean_loss() const { return loss / std::max(1.0, songs()); }

double Tally::accuracy() const { return std::accumulate(hits.begin(), hits.end(), 0.0) / std::max(1.0, songs()); }

double Tally::macro_f1() const {
  double sum = 0;
  int present = 0;
  for (size_t c = 0; c < truth.size(); ++c) {
    if (truth[c] + predicted[c] == 0) continue;
    sum += 2 * hits[c] / (truth[c] + predicted[c]);
    ++present;
  }
  return present > 0 ? sum / present : 0;
}

size_t tally_floats(int classes) { return 1 + 3 * static_cast<size_t>(classes); }

void pack(const Tally& tally, std::span<float> out) {
  out[0] = static_cast<float>(tally.loss);
  float* next = &out[1];
  for (const auto* counts : {&tally.hits, &tally.predicted, &tally.truth})
    next = std::transform(counts->begin(), counts->end(), next, [](double value) { return static_cast<float>(value); });
}

Tally unpack(std::span<const float> values, int classes) {
  Tally tally(classes);
  tally.loss = values[0];
  const float* next = &values[1];
  for (auto* counts : {&tally.hits, &tally.predicted, &tally.truth}) {
    std::copy(next, next + classes, counts->begin());
    next += classes;
  }
  return tally;
}

std::string metrics_csv(const History& history) {
  std::string text =
      "epoch,step,lr,train_loss_step,train_loss,train_accuracy,train_macro_f1,valid_loss,valid_accuracy,"
      "valid_macro_f1,samples_per_s,wait_share,seconds\n";
  auto step = history.steps.begin();
  for (const auto& e : history.epochs) {
    for (; step != history.steps.end() && step->epoch <= e.epoch; ++step) text += row_of(*step);
    text += row_of(e);
  }
  for (; step != history.steps.end(); ++step) text += row_of(*step);
  return text;
}

}  // namespace foldwave::training
