#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <map>

#include "core/ini.h"
#include "core/unknown_key.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/options.h"

namespace foldwave {
namespace {

namespace po = boost::program_options;

// Named sections and overrides are open-ended: Program_options takes them by their prefix, the registry judges them.
po::options_description describe(const OptionRegistry& registry) {
  po::options_description description;
  for (const Option& option : registry.all())
    if (option.key.find('*') == std::string::npos)
      description.add_options()(option.key.c_str(), po::value<std::string>());
  for (const char* open : {"augment.*", "backbone.*", "grid.*"})
    description.add_options()(open, po::value<std::string>());
  return description;
}

std::vector<std::pair<std::string, std::string>> parse_arguments(const OptionRegistry& registry,
                                                                 const std::vector<std::string>& arguments) {
  using namespace po::command_line_style;
  std::vector<std::pair<std::string, std::string>> given;
  try {
    const po::options_description description = describe(registry);
    const po::positional_options_description none;
    const auto parsed = po::command_line_parser(arguments)
                            .options(description)
                            .positional(none)
                            .style(allow_long | long_allow_next | long_allow_adjacent)
                            .run();
    for (const auto& option : parsed.options) given.emplace_back(option.string_key, option.value.at(0));
  } catch (const po::unknown_option& error) {
    const std::string& name = error.get_option_name();
    throw InputError(
        unknown_key(registry, "command line", name.substr(std::min(name.size(), name.find_first_not_of('-')))));
  } catch (const po::too_many_positional_options_error&) {
    throw InputError("command line: a word that belongs to no key; keys look like --train.lr 0.01");
  } catch (const po::error& error) {
    throw InputError(fmt::format("command line: {}", error.what()));
  }
  return given;
}

}  // namespace

Settings resolve(const OptionRegistry& registry, const std::optional<std::filesystem::path>& config,
                 const std::vector<std::string>& arguments) {
  Settings settings(registry);
  if (config)
    for (const IniEntry& entry : read_ini(*config))
      settings.set(entry.key, entry.value, fmt::format("{} line {}", config->string(), entry.line));
  std::map<std::string, int> seen;
  for (const auto& [key, value] : parse_arguments(registry, arguments)) {
    if (seen[key]++ > 0) throw InputError(fmt::format("command line: {} is given twice", key));
    settings.set(key, value, "command line");
  }
  return settings;
}

}  // namespace foldwave
