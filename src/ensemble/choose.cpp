#include "ensemble/choose.h"

#include <fmt/format.h>

#include <algorithm>

#include "ensemble/scores.h"
#include "foldwave/core/errors.h"

namespace foldwave::ensemble {
namespace {

const Candidate& named(const std::string& name, const std::vector<Candidate>& candidates) {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate& candidate) { return candidate.score.name == name; });
  if (found == candidates.end())
    throw InputError("stack.method: '" + name + "' needs predictions from at least two folds");
  return *found;
}

std::string difference(const Candidate& other, const Candidate& usual, double error, const std::string& spread_over) {
  return fmt::format(
      "{} scores {:.3f}, {:+.3f} against {} ({:.3f}), where one standard error of that difference is {:.3f} over {}",
      other.score.name, other.score.oof_macro_f1, other.score.oof_macro_f1 - usual.score.oof_macro_f1, usual.score.name,
      usual.score.oof_macro_f1, error, spread_over);
}

}  // namespace

Choice choose(const std::string& asked, const std::string& usual_name, const std::vector<Candidate>& candidates,
              const std::string& spread_over) {
  if (asked != "auto") return {named(asked, candidates).score.name, asked + " was asked for with stack.method"};
  const Candidate& usual = named(usual_name, candidates);
  const Candidate* winner = nullptr;
  const Candidate* runner_up = nullptr;
  for (const Candidate& candidate : candidates) {
    if (&candidate == &usual) continue;
    const double lead = candidate.score.oof_macro_f1 - usual.score.oof_macro_f1;
    const bool wins = lead > 0 && lead > jackknife_error(candidate.leave_one_out, usual.leave_one_out);
    if (wins && (!winner || candidate.score.oof_macro_f1 > winner->score.oof_macro_f1)) winner = &candidate;
    if (!runner_up || candidate.score.oof_macro_f1 > runner_up->score.oof_macro_f1) runner_up = &candidate;
  }
  if (winner)
    return {winner->score.name,
            difference(*winner, usual, jackknife_error(winner->leave_one_out, usual.leave_one_out), spread_over) +
                ": a clear win"};
  if (!runner_up) return {usual.score.name, usual.score.name + " is all there is"};
  if (runner_up->score.oof_macro_f1 <= usual.score.oof_macro_f1)
    return {
        usual.score.name,
        fmt::format("no other way of combining the models scores higher than {} ({:.3f}); the next is {} ({:.3f})",
                    usual.score.name, usual.score.oof_macro_f1, runner_up->score.name, runner_up->score.oof_macro_f1)};
  return {
      usual.score.name,
      usual.score.name + " stays: " +
          difference(*runner_up, usual, jackknife_error(runner_up->leave_one_out, usual.leave_one_out), spread_over) +
          ", and only a lead of more than that would count"};
}

}  // namespace foldwave::ensemble
