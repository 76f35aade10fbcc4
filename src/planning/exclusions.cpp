#include "planning/exclusions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

// "resnet18+lr=1e+3": between signs of plus, of which a value that is known may hold some too.
std::vector<std::string> parts_of(const std::string& item, const std::vector<std::string>& known) {
  const auto end_of = [&](size_t begin) {
    size_t end = std::string::npos, longest = 0;
    for (const std::string& part : known)
      if (part.size() > longest && item.compare(begin, part.size(), part) == 0 &&
          (begin + part.size() == item.size() || item[begin + part.size()] == '+'))
        end = begin + part.size(), longest = part.size();
    return std::min(longest > 0 ? end : item.find('+', begin), item.size());
  };
  std::vector<std::string> parts;
  for (size_t begin = 0;;) {
    const size_t end = end_of(begin);
    parts.push_back(item.substr(begin, end - begin));
    if (end == item.size()) return parts;
    begin = end + 1;
  }
}

std::string long_name(const std::string& key, const std::string& value) { return fmt::format("{}={}", key, value); }
std::string short_name(const std::string& key, const std::string& value) {
  return long_name(key.substr(key.find('.') + 1), value);
}

bool has(const GridPoint& point, const std::string& part) {
  return part == point.model || part == point.augment || part == fmt::format("seed={}", point.seed) ||
         std::any_of(point.axes.begin(), point.axes.end(), [&](const auto& axis) {
           return part == short_name(axis.first, axis.second) || part == long_name(axis.first, axis.second);
         });
}

// As they stand in the names of trials.
std::vector<std::string> parts_of_the_grid(const Settings& settings) {
  const GridConfig grid = grid_config(settings);
  std::vector<std::string> parts = grid.backbones;
  if (std::find(grid.augments.begin(), grid.augments.end(), "none") == grid.augments.end())
    parts.push_back("none");  // what models that take no augmentation have
  parts.insert(parts.end(), grid.augments.begin(), grid.augments.end());
  for (const auto& [key, values] : settings.grid_axes())
    for (const std::string& value : values) parts.push_back(short_name(key, value));
  for (const int64_t seed : grid.seeds) parts.push_back(fmt::format("seed={}", seed));
  return parts;
}

// With those that the names of trials abbreviate.
std::vector<std::string> all_parts(const Settings& settings, std::vector<std::string> parts) {
  for (const auto& [key, values] : settings.grid_axes())
    for (const std::string& value : values) parts.push_back(long_name(key, value));
  return parts;
}

}  // namespace

Exclusions::Exclusions(const Settings& settings) {
  const std::vector<std::string> known = parts_of_the_grid(settings), all = all_parts(settings, known);
  for (const std::string& item : settings.list("grid.exclude")) {
    items_.push_back(parts_of(item, all));
    for (const std::string& part : items_.back())
      if (std::find(all.begin(), all.end(), part) == all.end())
        throw InputError(fmt::format("{} = '{}': '{}' is in no point of the grid, which has {}",
                                     settings.where("grid.exclude"), item, part, fmt::join(known, ", ")));
  }
}

bool Exclusions::leaves_out(const GridPoint& point) const {
  return std::any_of(items_.begin(), items_.end(), [&](const auto& parts) {
    return std::all_of(parts.begin(), parts.end(), [&](const std::string& part) { return has(point, part); });
  });
}

}  // namespace foldwave::planning
