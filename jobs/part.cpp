#include "jobs/part.h"

#include <fmt/format.h>

#include <charconv>

#include "foldwave/core/errors.h"
#include "foldwave/planning/planning.h"

namespace foldwave::jobs {
namespace {

constexpr int kMostParts = 100000;

// "2/8"; nothing else is taken.
bool parse(const std::string& text, Part& part) {
  const char *begin = text.data(), *end = begin + text.size();
  const auto number = std::from_chars(begin, end, part.number);
  if (number.ec != std::errc{} || number.ptr == end || *number.ptr != '/') return false;
  const auto of = std::from_chars(number.ptr + 1, end, part.of);
  return of.ec == std::errc{} && of.ptr == end && part.number >= 1 && part.number <= part.of && part.of <= kMostParts;
}

}  // namespace

std::string Part::name() const { return alone ? "" : fmt::format("{}-of-{}", number, of); }

bool Part::has(size_t trial) const { return trial % static_cast<size_t>(of) == static_cast<size_t>(number - 1); }

std::filesystem::path Part::hold(const std::filesystem::path& run) const {
  return alone ? run : run / journal::kShared / name();
}

Part part_of(const Settings& settings) {
  const std::string& text = settings.text("run.shared");
  Part part;
  if (text.empty()) return part;
  part.alone = false;
  if (!parse(text, part))
    throw InputError(fmt::format("{} = '{}'; expected K/N, the K-th of N launches, such as 2/8",
                                 settings.where("run.shared"), text));
  if (!planning::halving_config(settings).rungs.empty())
    throw InputError(
        fmt::format("{} = '{}': halving compares all trials in one launch; leave run.shared or grid.search",
                    settings.where("run.shared"), text));
  return part;
}

void refuse_company(const std::filesystem::path& run, const Part& part, const journal::LaunchRecord& mine) {
  if (!part.alone) journal::refuse_held(run, mine);
  for (const auto& folder : journal::part_folders(run)) {
    const bool beside = !part.alone && folder.filename().string().ends_with(fmt::format("-of-{}", part.of));
    beside ? journal::refuse_other_plan(folder, mine) : journal::refuse_held(folder, mine);
  }
}

void remove_dead_parts(const std::filesystem::path& run) {
  std::error_code error;
  std::filesystem::remove_all(run / journal::kShared, error);
}

}  // namespace foldwave::jobs
