// Which of the methods makes the submission, and why.
#pragma once

#include <string>
#include <vector>

#include "ensemble/scores.h"

namespace foldwave::ensemble {

struct Choice {
  std::string name, reason;
};

// `asked`: stack.method. auto: `usual` unless another candidate wins by more than one standard error of their paired
// difference.
Choice choose(const std::string& asked, const std::string& usual, const std::vector<Candidate>& candidates,
              const std::string& spread_over);

}  // namespace foldwave::ensemble
