// Loss and macro F1 of an epoch, counted up step by step, and the table of epochs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "foldwave/training/training.h"

namespace foldwave::training {

// What a macro F1 needs to know of any number of songs, whichever rank saw them: sums, so that ranks can add theirs.
struct Tally {
  explicit Tally(int classes) : hits(classes), predicted(classes), truth(classes) {}
  void add(const Tally& other);
  double songs() const;
  double mean_loss() const;
  double macro_f1() const;  // as catalog::macro_f1

  double loss = 0;                             // sum over songs
  std::vector<double> hits, predicted, truth;  // [classes] songs rightly given, given, labelled with a class
};

// As floats for a sum over ranks: loss, hits, predicted, truth. Counts stay exact below 2^24.
size_t tally_floats(int classes);
void pack(const Tally& tally, std::span<float> out);
Tally unpack(std::span<const float> values, int classes);

std::string metrics_csv(const std::vector<EpochRecord>& epochs);

}  // namespace foldwave::training
