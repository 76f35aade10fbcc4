#include "foldwave/core/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "foldwave/core/words.h"

namespace foldwave {
namespace {

constexpr size_t kLongestKey = 30;  // in the column of keys; longer ones stand on a line of their own

std::string limits(const Option& option) {
  const bool low = std::isfinite(option.min), high = std::isfinite(option.max);
  if (low && high) return fmt::format("{} to {}", option.min, option.max);
  if (low) return fmt::format("at least {}", option.min);
  return high ? fmt::format("at most {}", option.max) : "";
}

std::string allowed(const Option& option) {
  if (!option.choices.empty()) return fmt::format("{}", fmt::join(option.choices, " | "));
  switch (option.kind) {
    case ValueKind::flag: return "true | false";
    case ValueKind::path: return "path";
    case ValueKind::text: return "";
    default: return limits(option);
  }
}

std::string entry(const Option& option, size_t key_width, size_t columns) {
  const std::string key = "--" + written(option), brackets = in_brackets(option);
  const size_t indent = key_width + 4, width = columns > indent + 20 ? columns - indent : 20;
  std::string text = fmt::format("  {:<{}}", key, key_width + 2), margin = "\n" + std::string(indent, ' ');
  if (key.size() > key_width) text += margin;
  return text +
         fmt::format("{}\n", fmt::join(wrapped(option.help + (brackets.empty() ? "" : " " + brackets), width), margin));
}

}  // namespace

std::string section_of(const Option& option) { return option.key.substr(0, option.key.rfind('.')); }

std::string first_word(const Option& option) { return option.key.substr(0, option.key.find('.')); }

std::string written(const Option& option) {
  std::string key = option.key;
  if (const size_t star = key.find('*'); star != std::string::npos) key.replace(star, 1, "NAME");
  return key;
}

std::string in_brackets(const Option& option) {
  std::string value = option.default_value;
  if (!value.empty() && !option.unit.empty()) value += " " + option.unit;
  std::string range = allowed(option);
  if (option.list) range = range.empty() ? "list" : "list of " + range;
  if (value.empty() && range.empty()) return "";
  return fmt::format("[{}{}{}]", value, value.empty() || range.empty() ? "" : "; ", range);
}

const std::vector<Option>& open_keys() {
  static const std::vector<Option> keys{
      {.key = "grid.KEY", .help = "one trial for each value of any train or model key: --grid.lr 0.001,0.01"},
      {.key = "backbone.NAME.KEY", .help = "any train or model key for one backbone: --backbone.mfcc_mlp.epochs 60"}};
  return keys;
}

std::string describe_keys(const std::vector<const Option*>& keys, size_t columns, bool headings) {
  std::vector<std::pair<std::string, std::vector<const Option*>>> sections;
  size_t key_width = 0;
  for (const Option* option : keys) {
    const std::string section = section_of(*option);
    auto known = std::find_if(sections.begin(), sections.end(), [&](const auto& s) { return s.first == section; });
    if (known == sections.end()) known = sections.insert(known, {section, {}});
    known->second.push_back(option);
    if (const size_t width = written(*option).size() + 2; width <= kLongestKey) key_width = std::max(key_width, width);
  }
  std::string text;
  for (const auto& [section, its] : sections) {
    if (headings) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    for (const Option* option : its) text += entry(*option, key_width, columns);
  }
  return text;
}

}  // namespace foldwave
