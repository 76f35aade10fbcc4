#include "foldwave/core/trial_id.h"

#include <string_view>

namespace foldwave {
namespace {

// Behind the last slash, which is taken off; without `prefix`, where it begins with that.
std::string last_part(std::string& id, std::string_view prefix) {
  const size_t slash = id.rfind('/');
  if (slash == std::string::npos || !std::string_view(id).substr(slash + 1).starts_with(prefix)) return "";
  std::string part = id.substr(slash + 1 + prefix.size());
  id.resize(slash);
  return part;
}

}  // namespace

TrialId TrialId::parse(const std::string& id) {
  TrialId parsed{.point = id, .seed = {}, .fold = {}};
  parsed.fold = last_part(parsed.point, "fold-");
  parsed.seed = last_part(parsed.point, "seed-");
  return parsed;
}

std::vector<std::string> sections_of_trial(const std::string& augment) {
  return {"features", "train", "model", "predict", "augment." + augment};
}

}  // namespace foldwave
