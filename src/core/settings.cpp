#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/describe_range.h"
#include "core/unknown_key.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/options.h"

namespace foldwave {
namespace {

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

std::vector<std::string> items_of(const std::string& text) {
  std::vector<std::string> items;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    items.push_back(trimmed(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return items.size() == 1 && items[0].empty() ? std::vector<std::string>{} : items;
}

template <class T>
bool parse(const std::string& text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_flag(const std::string& text, bool& value) {
  value = text == "true" || text == "yes" || text == "on" || text == "1";
  return value || text == "false" || text == "no" || text == "off" || text == "0";
}

bool fits(const Option& option, const std::string& item) {
  if (!option.choices.empty())
    return std::find(option.choices.begin(), option.choices.end(), item) != option.choices.end();
  int64_t integer = 0;
  double real = 0;
  bool flag = false;
  switch (option.kind) {
    case ValueKind::text:
    case ValueKind::path: return true;
    case ValueKind::flag: return parse_flag(item, flag);
    case ValueKind::integer:
      return parse(item, integer) && static_cast<double>(integer) >= option.min &&
             static_cast<double>(integer) <= option.max;
    case ValueKind::real: return parse(item, real) && std::isfinite(real) && real >= option.min && real <= option.max;
  }
  return false;
}

bool is_axis(const OptionRegistry& registry, const std::string& key) {
  const Option* option = registry.find(key);
  return key.starts_with("grid.") && option != nullptr && option->key != key;
}

// One spelling of a value: 1e-3 and 0.001, yes and true are the same setting.
std::string canonical_item(const Option& option, const std::string& text) {
  if (option.kind == ValueKind::flag) {
    bool value = false;
    return !parse_flag(text, value) ? text : value ? "true" : "false";
  }
  if (option.kind != ValueKind::integer && option.kind != ValueKind::real) return text;
  double value = 0;
  return parse(text, value) ? fmt::format("{}", value) : text;
}

std::string canonical(const Option& option, const std::string& text) {
  if (!option.list) return canonical_item(option, text);
  std::vector<std::string> items = items_of(text);
  for (std::string& item : items) item = canonical_item(option, item);
  return fmt::format("{}", fmt::join(items, ","));
}

// "grid.lr" and "grid.train.lr"; "backbone.NAME.lr" and "backbone.NAME.train.lr".
bool is_same_override(const Option& option, const std::string& a, const std::string& b) {
  const auto owner = [&](const std::string& key) {
    const std::string bare = option.key.substr(option.key.find('.') + 1);
    if (key.ends_with("." + option.key)) return key.substr(0, key.size() - option.key.size());
    if (key.ends_with("." + bare)) return key.substr(0, key.size() - bare.size());
    return std::string();
  };
  return (a.starts_with("grid.") || a.starts_with("backbone.")) && owner(a) == owner(b);
}

}  // namespace

Settings::Settings(const OptionRegistry& registry) : registry_(&registry) {
  for (const Option& option : registry.all())
    if (option.key.find('*') == std::string::npos) values_[option.key] = {option.default_value, "default"};
}

void Settings::set(const std::string& key, const std::string& text, const std::string& origin) {
  const Option* option = registry_->find(key);
  if (option == nullptr) throw InputError(unknown_key(*registry_, origin, key));
  if (text.find_first_of("#\n\r") != std::string::npos || text != trimmed(text))
    throw InputError(
        fmt::format("{}: {} = '{}': a value has no '#', no line end and no space at its ends", origin, key, text));
  const bool is_list = option->list || is_axis(*registry_, key);
  const std::vector<std::string> items = is_list ? items_of(text) : std::vector<std::string>{text};
  for (const std::string& item : items) {
    const bool present = !is_list || !item.empty();
    if (present && (item == option->default_value || fits(*option, item))) continue;
    throw InputError(fmt::format("{}: {} = '{}' is not {}", origin, key, item, describe_range(*option)));
  }
  for (const auto& [other, value] : values_)
    if (other != key && registry_->find(other) == option && is_same_override(*option, other, key))
      throw InputError(fmt::format("{}: {} is the same key as {} ({})", origin, key, other, value.origin));
  values_[key] = {text, origin};
}

bool Settings::given(const std::string& key) const {
  const auto found = values_.find(key);
  return found != values_.end() && found->second.origin != "default";
}

std::string Settings::where(const std::string& key) const {
  auto found = values_.find(key);
  for (auto other = values_.begin(); found == values_.end() && other != values_.end(); ++other)  // grid.lr of train.lr
    if (is_axis(*registry_, other->first) && "grid." + registry_->find(other->first)->key == key) found = other;
  return found == values_.end() ? "default: " + key : fmt::format("{}: {}", found->second.origin, found->first);
}

const std::string& Settings::text(const std::string& key) const {
  const auto found = values_.find(key);
  if (found != values_.end()) return found->second.text;
  const Option* option = registry_->find(key);  // a key of a named section that was not given
  if (option == nullptr) throw std::logic_error("undeclared option " + key);
  return option->default_value;
}

int64_t Settings::integer(const std::string& key) const {
  int64_t value = 0;
  if (!parse(text(key), value)) throw InputError(fmt::format("{} = '{}' is not an integer", where(key), text(key)));
  return value;
}

double Settings::real(const std::string& key) const {
  double value = 0;
  if (!parse(text(key), value)) throw InputError(fmt::format("{} = '{}' is not a number", where(key), text(key)));
  return value;
}

bool Settings::flag(const std::string& key) const {
  bool value = false;
  if (!parse_flag(text(key), value))
    throw InputError(fmt::format("{} = '{}' is not true or false", where(key), text(key)));
  return value;
}

std::vector<std::string> Settings::list(const std::string& key) const { return items_of(text(key)); }

std::vector<std::string> Settings::names(const std::string& section) const {
  std::set<std::string> found;
  for (const auto& [key, value] : values_) {
    const size_t begin = section.size() + 1, end = key.find('.', begin);
    if (key.starts_with(section + ".") && end != std::string::npos) found.insert(key.substr(begin, end - begin));
  }
  return {found.begin(), found.end()};
}

std::vector<std::pair<std::string, std::vector<std::string>>> Settings::grid_axes() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> axes;
  for (const auto& [key, value] : values_)
    if (is_axis(*registry_, key)) axes.emplace_back(registry_->find(key)->key, items_of(value.text));
  return axes;
}

Settings Settings::for_backbone(const std::string& name) const {
  Settings own = *this;
  const std::string prefix = "backbone." + name + ".";
  for (const auto& [key, value] : values_)
    if (key.starts_with(prefix)) own.values_[registry_->find(key)->key] = value;
  return own;
}

std::string Settings::identity(const std::vector<std::string>& sections) const {
  std::string lines;
  for (const auto& [key, value] : values_) {
    const Option* option = registry_->find(key);
    const auto holds = [&name = key](const std::string& section) { return name.starts_with(section + "."); };
    const bool inside = std::any_of(sections.begin(), sections.end(), holds);
    if (inside && option->effect == Effect::result)
      lines += fmt::format("{} = {}\n", key, canonical(*option, value.text));
  }
  return lines;
}

std::string Settings::to_ini() const {
  std::string text, section;
  for (const auto& [key, value] :
       values_) {  // sorted by key: a section's keys stand together, but for named subsections
    const std::string its = key.substr(0, key.rfind('.'));
    if (its != section) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", its);
    section = its;
    text += fmt::format("{} = {}\n", key.substr(its.size() + 1), value.text);
  }
  return text;
}

}  // namespace foldwave
