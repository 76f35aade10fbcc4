// What a trial is called, and its directory below RUN/trials: "resnet18+masks+lr=0.001/seed-1/fold-0".
#pragma once

#include <string>
#include <vector>

namespace foldwave {

struct TrialId {
  std::string point;  // of the grid: "resnet18+masks+lr=0.001", MODEL+AUGMENT[+KEY=VALUE]
  std::string seed;   // "1"
  std::string fold;   // "0"; "all": a fit on all rows

  // Of a text that is no such id, all of it is the point.
  static TrialId parse(const std::string& id);
  std::string text() const { return series() + "/fold-" + fold; }
  std::string series() const { return seed.empty() ? point : point + "/seed-" + seed; }  // the same over all folds
  bool is_refit() const { return fold == "all"; }
};

// The sections of a config that decide a trial's outcome: what its identity is made of.
std::vector<std::string> sections_of_trial(const std::string& augment);

}  // namespace foldwave
