#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "core/describe_range.h"
#include "core/unknown_key.h"
#include "foldwave/core/options.h"
#include "foldwave/core/words.h"

namespace foldwave {
namespace {

bool matches(const std::string& pattern, const std::string& key) {
  const size_t star = pattern.find('*');
  if (star == std::string::npos) return pattern == key;
  const std::string head = pattern.substr(0, star), tail = pattern.substr(star + 1);
  if (key.size() <= head.size() + tail.size() || !key.starts_with(head) || !key.ends_with(tail)) return false;
  return key.find('.', head.size()) == key.size() - tail.size();  // the name itself has no dot
}

std::string range_text(const Option& option) {
  if (!option.choices.empty()) return fmt::format("one of {}", fmt::join(option.choices, ", "));
  std::string text = option.kind == ValueKind::integer ? "an integer"
                     : option.kind == ValueKind::real  ? "a number"
                     : option.kind == ValueKind::flag  ? "true or false"
                     : option.kind == ValueKind::path  ? "a file or folder"
                                                       : "text";
  const bool low = option.min > -std::numeric_limits<double>::infinity(),
             high = option.max < std::numeric_limits<double>::infinity();
  if (low && high)
    text += fmt::format(" from {} to {}", option.min, option.max);
  else if (low)
    text += fmt::format(" of at least {}", option.min);
  else if (high)
    text += fmt::format(" of at most {}", option.max);
  return text;
}

}  // namespace

std::string unknown_key(const OptionRegistry& registry, const std::string& origin, const std::string& key) {
  const std::string meant = registry.nearest(key);
  return fmt::format("{}: unknown key {}; {}'foldwave help keys' lists them", origin, key,
                     meant.empty() ? "" : fmt::format("is {} meant? ", meant));
}

std::string describe_range(const Option& option) {
  return (option.list ? "a comma-separated list, each item " : "") + range_text(option);
}

void OptionRegistry::add(Option option) {
  if (find(option.key) != nullptr) throw std::logic_error("option declared twice: " + option.key);
  options_.push_back(std::move(option));
}

const Option* OptionRegistry::find(const std::string& key) const {
  const auto found =
      std::find_if(options_.begin(), options_.end(), [&](const Option& option) { return matches(option.key, key); });
  if (found != options_.end()) return &*found;
  // [grid] and [backbone.NAME] take any train or model key that a trial is made of, with its section or without.
  std::string inner;
  if (key.starts_with("grid.")) inner = key.substr(5);
  if (key.starts_with("backbone.") && key.find('.', 9) != std::string::npos) inner = key.substr(key.find('.', 9) + 1);
  if (inner.empty()) return nullptr;
  for (const std::string section : {"", "train.", "model."}) {
    const std::string full = section + inner;
    if (!full.starts_with("train.") && !full.starts_with("model.")) continue;
    for (const Option& option : options_)
      if (option.key == full && option.effect != Effect::display) return &option;
  }
  return nullptr;
}

void OptionRegistry::usual(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.key == key; });
    if (found == options_.end()) throw std::logic_error("no such option: " + key);
    found->usual = true;
  }
}

std::string OptionRegistry::nearest(const std::string& key) const {
  const size_t dot = key.find('.'), second = dot == std::string::npos ? dot : key.find('.', dot + 1);
  const std::string named = second == std::string::npos ? "" : key.substr(0, second + 1);  // "augment.masks."
  const bool of_grid = key.starts_with("grid."), of_backbone = key.starts_with("backbone.") && !named.empty();
  std::vector<std::string> known, without_section;
  for (const Option& option : options_) {
    const bool pattern = option.key.starts_with("augment.*.") && key.starts_with("augment.") && !named.empty();
    known.push_back(pattern ? named + option.key.substr(std::string("augment.*.").size()) : option.key);
    const bool of_trial = option.key.starts_with("train.") || option.key.starts_with("model.");
    if (of_trial && option.effect != Effect::display && (of_grid || of_backbone))
      known.push_back((of_grid ? "grid." : named) + option.key.substr(std::string("train.").size()));
    if (option.key.ends_with("." + key)) without_section.push_back(option.key);
  }
  return without_section.size() == 1 ? without_section.front() : foldwave::nearest(key, known);
}

}  // namespace foldwave
