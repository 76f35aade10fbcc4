#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/core/words.h"
#include "jobs/help.h"
#include "jobs/options.h"
#include "jobs/terminal.h"
#include "jobs/versions.h"

namespace foldwave::jobs {
namespace {

constexpr size_t kWidest = 120, kNarrowest = 72;  // lines longer than that are hard to read

size_t columns() { return std::clamp(static_cast<size_t>(columns_of(STDOUT_FILENO)), kNarrowest, kWidest); }

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string help_on(const std::vector<std::string>& words, const std::string& topic, const std::string& more) {
  const OptionRegistry registry = all_options();
  if (topic.empty()) return has(words, "--all") ? overview() + "\n" + keys_help(registry, "", columns()) : overview();
  if (topic == "keys") return keys_help(registry, more, columns());
  return command_help(command_named(topic), registry, words[0], has(words, "--all"), columns());
}

std::string only_bash(const std::string& shell) {
  if (shell != "bash") throw InputError(fmt::format("completion is there for bash alone, not '{}'", shell));
  return bash_completion(all_options());
}

}  // namespace

std::optional<std::string> answer(const std::vector<std::string>& words) {
  const size_t before = place_of_command(words) - 1;
  const auto word = [&](size_t n) {
    const size_t i = before + n;
    return i < words.size() && !words[i].starts_with("-") ? words[i] : "";
  };
  const std::string first = word(1);
  if (first == "help") return help_on(words, word(2), word(3));
  if (has(words, "--help") || has(words, "-h")) return help_on(words, first, "");
  if (has(words, "--version")) return versions_text();
  if (first == "completion") return only_bash(word(2).empty() ? "bash" : word(2));
  if (first == "man") return manual_page(all_options());
  return {};
}

size_t place_of_command(const std::vector<std::string>& words) {
  size_t i = 1;
  while (i < words.size()) {
    const bool joined = words[i].starts_with("--log-level=") || words[i].starts_with("--config=");
    if (words[i] == "--log-level" || words[i] == "--config")
      i += 2;
    else if (joined || words[i] == "--quiet" || words[i].starts_with("--quiet="))
      ++i;
    else
      break;
  }
  return std::min(i, words.size());
}

const Command& command_named(const std::string& name) {
  if (const Command* command = find_command(name)) return *command;
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  const std::string meant = nearest(name, names);
  throw InputError(fmt::format("'{}' is not a command{}\n{}", name,
                               meant.empty() ? "" : fmt::format("; is '{}' meant?", meant), overview()));
}

}  // namespace foldwave::jobs
