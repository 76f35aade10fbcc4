// Loss, accuracy and macro F1 of an epoch, counted up step by step, and the table of steps and epochs.
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
  double accuracy() const;
  double macro_f1() const;  // as catalog::macro_f1

  double loss = 0;                             // sum over songs
  std::vector<double> hits, predicted, truth;  // [classes] songs rightly given, given, labelled with a class
};

// As floats for a sum over ranks: loss, hits, predicted, truth. Counts stay exact below 2^24.
size_t tally_floats(int classes);
void pack(const Tally& tally, std::span<float> out);
Tally unpack(std::span<const float> values, int classes);

struct StepRecord {
  int epoch = 0;     // 1 ..
  int64_t step = 0;  // counted from 0 over all epochs
  double lr = 0;
  double loss = 0;  // mean over the group's songs of the step
};

struct History {
  std::vector<StepRecord> steps;    // those that were logged
  std::vector<EpochRecord> epochs;  // those that are done
};

// metrics.csv, in the manner of Lightning's CSVLogger: a row for each logged step, a row for each epoch behind its
// steps, what a row does not tell left empty. Steps count from 0, as Lightning's; epochs from 1, as all else here does.
std::string metrics_csv(const History& history);

}  // namespace foldwave::training
