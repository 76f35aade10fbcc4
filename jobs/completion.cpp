#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "foldwave/core/help.h"
#include "foldwave/models/backbones.h"
#include "jobs/help.h"

namespace foldwave::jobs {
namespace {

// What bash does with it: a word list for the commands, one for each command's keys, a case for the values of each key.
constexpr const char* kScript = R"bash(# Completion of foldwave for bash, made from its own registry of keys:
#   source <(foldwave completion bash)
_foldwave_keys() {
  case $1 in
@keys@  esac
}

# Words for the value of a key, and whether it is a file or folder, or a list.
_foldwave_value() {
  words='' files='' list=''
  case $1 in
    --config | --input | --output) files=yes ;;
    --log-level) words='@levels@' ;;
@values@  esac
}

_foldwave() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev='' command='' key words='' files='' list='' prefix='' own='' i
  # "=" is a word of its own where COMP_WORDBREAKS has it.
  [ "$COMP_CWORD" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD - 1]}
  if [ "$cur" = = ]; then
    key=$prev cur=''
  elif [ "$prev" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
    key=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $cur == --*=* ]]; then
    key=${cur%%=*} prefix=$key= cur=${cur#*=}
  else
    key=$prev
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      --config | --log-level)  # and the value
        [ "${COMP_WORDS[i + 1]}" = = ] && ((++i))
        ((++i)) ;;
      =) ((++i)) ;;
      -*) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  COMPREPLY=()
  if [ -z "$command" ] && [ -z "$prefix" ] && [[ $key != --config && $key != --log-level ]]; then
    mapfile -t COMPREPLY < <(compgen -W '@commands@ help completion man --help --version --config --quiet --log-level' -- "$cur")
    return
  fi
  case $command in
    help)
      if [ "$prev" = keys ]; then words='@sections@'; else words='@commands@ keys'; fi
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
      return ;;
    completion) mapfile -t COMPREPLY < <(compgen -W bash -- "$cur"); return ;;
    man) return ;;
  esac
  case $command in
    status) own='--format --watch' ;;
    report) own=--format ;;
    forward) own='--input --output' ;;
  esac
  [ "$key" = --format ] && key=--$command.format
  [[ $key == -* ]] && _foldwave_value "$key"
  if [ -n "$list" ] && [[ $cur == *,* ]]; then
    prefix+=${cur%,*}, cur=${cur##*,}
  fi
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -P "$prefix" -- "$cur")
  elif [ -n "$words" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -P "$prefix" -- "$cur")
  elif [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_foldwave_keys "$command" "$cur") --config --help --quiet --log-level $own" -- "$cur")
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *. ]] && compopt -o nospace 2>/dev/null
  fi
  return 0
}
complete -F _foldwave foldwave
)bash";

std::string replaced(std::string text, const std::string& mark, const std::string& by) {
  for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += by.size())
    text.replace(at, mark.size(), by);
  return text;
}

// Keys that [grid] and [backbone.NAME] take without their section.
std::vector<std::string> trial_keys(const OptionRegistry& registry) {
  std::vector<std::string> keys;
  for (const Option& option : registry.all())
    if ((option.key.starts_with("train.") || option.key.starts_with("model.")) && option.effect != Effect::display)
      keys.push_back(option.key.substr(6));
  return keys;
}

// The keys of a command; those of a named section once a name has been typed, in shell: "${2%.*}." is what comes
// before.
std::string keys_case(const Command& command, const OptionRegistry& registry) {
  std::vector<std::string> keys, named;
  for (const Option* option : keys_of(command, registry)) {
    if (option->key.find('*') != std::string::npos)
      named.push_back(option->key.substr(option->key.rfind('.') + 1));
    else if (option->key != "grid.KEY" && option->key != "backbone.NAME.KEY")
      keys.push_back("--" + option->key);
  }
  const bool grid = std::find(command.reads.begin(), command.reads.end(), "grid") != command.reads.end();
  const std::vector<std::string> open = trial_keys(registry);
  std::string text = fmt::format("    {})\n      echo '{}'\n", command.name, fmt::join(keys, " "));
  if (!named.empty())
    text += fmt::format("      [[ $2 == --augment.*.* ]] && printf -- \"${{2%.*}}.%s \" {}\n", fmt::join(named, " "));
  if (grid)
    text += fmt::format(
        "      [[ $2 == --grid.* ]] && printf -- '--grid.%s ' {0}\n"
        "      [[ $2 == --backbone.*.* ]] && printf -- \"${{2%.*}}.%s \" {0}\n"
        "      [[ $2 == --b* && $2 != --backbone.*.* ]] && printf -- '--backbone.%s. ' {1}\n",
        fmt::join(open, " "), fmt::join(models::names(), " "));
  return text + "      ;;\n";
}

std::vector<std::string> words_for(const Option& option) {
  if (option.key == "grid.backbones" || option.key == "model.backbone") return models::names();
  if (option.kind == ValueKind::flag) return {"true", "false"};
  return option.choices;
}

// --train.precision and, as an axis or for one backbone, --grid.precision and --backbone.resnet18.train.precision.
std::string values_case(const Option& option) {
  const std::vector<std::string> words = words_for(option);
  if (words.empty() && option.kind != ValueKind::path) return "";
  const bool of_trials = option.key.starts_with("train.") || option.key.starts_with("model.");
  const std::string bare = option.key.substr(option.key.find('.') + 1);
  std::string pattern = "--" + option.key;
  if (of_trials) pattern += fmt::format(" | --backbone.*.{0}", bare);
  std::string text = fmt::format("    {}) ", pattern);
  const std::string what =
      option.kind == ValueKind::path ? "files=yes" : fmt::format("words='{}'", fmt::join(words, " "));
  text += fmt::format("{}{} ;;\n", what, option.list ? " list=yes" : "");
  if (of_trials) text += fmt::format("    --grid.{0} | --grid.{1}) {2} list=yes ;;\n", bare, option.key, what);
  return text;
}

}  // namespace

std::string bash_completion(const OptionRegistry& registry) {
  std::string keys, values;
  std::vector<std::string> names;
  std::set<std::string> sections;
  for (const Command& command : commands()) {
    names.emplace_back(command.name);
    keys += keys_case(command, registry);
  }
  for (const Option& option : registry.all()) {
    values += values_case(option);
    sections.insert(first_word(option));
  }
  std::string script = kScript;
  script = replaced(script, "@keys@", keys);
  script = replaced(script, "@values@", values);
  script = replaced(script, "@commands@", fmt::format("{}", fmt::join(names, " ")));
  script = replaced(script, "@sections@", fmt::format("{}", fmt::join(sections, " ")));
  return replaced(script, "@levels@", fmt::format("{}", fmt::join(log_level_names(), " ")));
}

}  // namespace foldwave::jobs
