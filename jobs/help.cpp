#include "jobs/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "foldwave/core/errors.h"
#include "foldwave/core/help.h"
#include "foldwave/core/words.h"

namespace foldwave::jobs {
namespace {

constexpr size_t kScreen = 50;  // lines that a command's help may take

bool concerns(const std::string& what, const Option& option) {
  return option.key == what || option.key.starts_with(what + ".");
}

std::string paragraph(const std::string& text, size_t columns) {
  return fmt::format("{}\n", fmt::join(wrapped(text, columns), "\n"));
}

// As the user called it: "build/release/foldwave-demo-data" beside "build/release/foldwave".
std::string example_of(const Command& command, const std::string& program) {
  std::string text = "\n" + command.example;
  for (size_t at = 0; (at = text.find("\nfoldwave", at)) != std::string::npos;) {
    text.replace(at + 1, 8, program);
    at += program.size();
  }
  for (size_t at = 0; (at = text.find('\n', at)) + 1 < text.size();) text.replace(at, 1, "\n  "), at += 3;
  return text;
}

size_t lines_in(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

// "12 more in augment, features, run"
std::string left_out(const std::vector<const Option*>& all, const std::vector<const Option*>& shown) {
  std::set<std::string> sections;
  for (const Option* option : all)
    if (std::find(shown.begin(), shown.end(), option) == shown.end()) sections.insert(first_word(*option));
  return fmt::format("{} more in {}", all.size() - shown.size(), fmt::join(sections, ", "));
}

std::string assemble(const Command& command, const std::string& program, const std::string& keys,
                     const std::string& more, size_t columns) {
  return fmt::format(
      "usage: foldwave {} [--config FILE] [--section.key VALUE ...]\n\n{}\nKeys, in brackets the "
      "default with its unit, and what is allowed; in a file: [section], key = value\n{}{}\nExample:{}",
      command.name, paragraph(command.about, columns), keys, more, example_of(command, program));
}

}  // namespace

std::vector<const Option*> keys_of(const Command& command, const OptionRegistry& registry) {
  std::vector<const Option*> keys;
  for (const std::string& what : command.reads) {
    for (const Option& option : registry.all())
      if (concerns(what, option) && std::find(keys.begin(), keys.end(), &option) == keys.end()) keys.push_back(&option);
    if (what == "grid")
      for (const Option& open : open_keys()) keys.push_back(&open);
  }
  return keys;
}

std::string overview() {
  std::string text =
      "usage: foldwave COMMAND [--config FILE] [--section.key VALUE ...]      (mpirun -n RANKS foldwave ...)\n\n";
  for (const Command& command : commands()) text += fmt::format("  {:<12}{}\n", command.name, command.summary);
  return text +
         "\n  foldwave COMMAND --help      its keys with defaults and units, and an example; --all lists every key\n"
         "  foldwave help keys [SECTION] every key of every command, or of one section\n"
         "  foldwave completion bash     completion for bash:  source <(foldwave completion bash)\n"
         "  foldwave man                 the manual page:      foldwave man | man -l -\n"
         "  foldwave --version           foldwave and the libraries that it runs with\n"
         "\n  --quiet  errors and the outcome alone      --log-level debug|info|warning|error\n";
}

std::string command_help(const Command& command, const OptionRegistry& registry, const std::string& program, bool all,
                         size_t columns) {
  const std::vector<const Option*> keys = keys_of(command, registry);
  const std::string whole = assemble(command, program, describe_keys(keys, columns, all), "", columns);
  if (all || lines_in(whole) <= kScreen) return whole;
  std::vector<const Option*> usual;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(usual),
               [&](const Option* option) { return option->usual || concerns(command.reads.front(), *option); });
  for (;; usual.pop_back()) {  // the last ones are those of sections that concern it least
    const std::string more = "  " + paragraph(left_out(keys, usual), columns - 2) +
                             fmt::format("  all of them: foldwave {} --help --all\n", command.name);
    const std::string text = assemble(command, program, describe_keys(usual, columns, false), more, columns);
    if (lines_in(text) <= kScreen || usual.size() < 2) return text;
  }
}

std::string keys_help(const OptionRegistry& registry, const std::string& section, size_t columns) {
  std::vector<const Option*> keys;
  std::set<std::string> sections;
  for (const Option& option : registry.all()) {
    sections.insert(first_word(option));
    if (section.empty() || concerns(section, option)) keys.push_back(&option);
  }
  for (const Option& open : open_keys())
    if (section.empty() || concerns(section, open)) keys.push_back(&open);
  if (keys.empty())
    throw InputError(fmt::format("there is no section '{}'; there are {}", section, fmt::join(sections, ", ")));
  return describe_keys(keys, columns, true);
}

}  // namespace foldwave::jobs
