#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "core/describe_range.h"
#include "foldwave/core/options.h"

namespace foldwave {
namespace {

bool matches(const std::string& pattern, const std::string& key) {
  const size_t star = pattern.find('*');
  if (star == std::string::npos) return pattern == key;
  const std::string head = pattern.substr(0, star), tail = pattern.substr(star + 1);
  if (key.size() <= head.size() + tail.size() || !key.starts_with(head) || !key.ends_with(tail)) return false;
  return key.find('.', head.size()) == key.size() - tail.size();  // the name itself has no dot
}

std::string& part_of(const std::string& section, std::vector<std::pair<std::string, std::string>>& sections) {
  for (auto& [name, text] : sections)
    if (name == section) return text;
  return sections.emplace_back(section, "").second;
}

std::string range_text(const Option& option) {
  if (!option.choices.empty()) return fmt::format("one of {}", fmt::join(option.choices, ", "));
  std::string text = option.kind == ValueKind::integer ? "an integer"
                     : option.kind == ValueKind::real  ? "a number"
                     : option.kind == ValueKind::flag  ? "true or false"
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

std::string OptionRegistry::help() const {
  std::vector<std::pair<std::string, std::string>> sections;  // in the order of their first keys, which rooms declare
  for (const Option& option : options_) {
    std::string& text = part_of(option.key.substr(0, option.key.rfind('.')), sections);
    const std::string value = option.default_value.empty() ? ""
                                                           : fmt::format(" [{}{}{}]", option.default_value,
                                                                         option.unit.empty() ? "" : " ", option.unit);
    text += fmt::format("  --{}{}\n      {} ({})\n", option.key, value, option.help, describe_range(option));
  }
  std::string all;
  for (const auto& [section, text] : sections) all += fmt::format("\n[{}]\n{}", section, text);
  return all +
         "\n  --grid.KEY A,B\n      one trial for each value of any train or model key (--grid.lr 0.001,0.01)\n"
         "  --backbone.NAME.KEY VALUE\n      any train or model key for one backbone alone (--backbone.mfcc_mlp.epochs "
         "60)\n";
}

}  // namespace foldwave
