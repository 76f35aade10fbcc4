#include "core/ini.h"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <map>
#include <sstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave {
namespace {

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r"), end = text.find_last_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

// Program_options tells no line numbers and cuts values at '#': look at the lines first. Returns the line of every key.
std::map<std::string, int> locate_keys(const std::filesystem::path& path, const std::string& text) {
  std::map<std::string, int> lines;
  std::istringstream stream(text);
  std::string raw, section;
  for (int number = 1; std::getline(stream, raw); ++number) {
    const std::string line = trimmed(raw);
    const auto refuse = [&](const std::string& why) {
      throw InputError(fmt::format("{} line {}: {}", path.string(), number, why));
    };
    if (line.empty() || line[0] == '#') continue;
    if (line.find('#') != std::string::npos)
      refuse(fmt::format("'#' inside a line ('{}'); a comment needs a line of its own", line));
    if (line[0] == '[') {
      if (line.back() != ']' || line.size() < 3) refuse(fmt::format("'{}' is not a [section]", line));
      section = line.substr(1, line.size() - 2) + ".";
      continue;
    }
    const size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0)
      refuse(fmt::format("'{}' is neither [section] nor key = value", line));
    const std::string key = section + trimmed(line.substr(0, equals));
    const auto [before, is_new] = lines.emplace(key, number);
    if (!is_new) refuse(fmt::format("{} is given twice (first in line {})", key, before->second));
  }
  return lines;
}

int line_of(const std::map<std::string, int>& lines, const std::string& key, const std::filesystem::path& path) {
  const auto found = lines.find(key);
  if (found == lines.end()) throw InputError(fmt::format("{}: '{}' is not a key", path.string(), key));
  return found->second;
}

}  // namespace

std::vector<IniEntry> read_ini(const std::filesystem::path& path) {
  namespace po = boost::program_options;
  if (!std::filesystem::is_regular_file(path))
    throw InputError(fmt::format("--config {}: no such file", path.string()));
  const std::string text = read_file(path);
  const std::map<std::string, int> lines = locate_keys(path, text);
  std::istringstream stream(text);
  std::vector<IniEntry> entries;
  try {
    for (const auto& option : po::parse_config_file(stream, po::options_description(), true).options) {
      entries.push_back(
          {option.string_key, option.value.empty() ? "" : option.value[0], line_of(lines, option.string_key, path)});
    }
  } catch (const po::error& error) {
    throw InputError(fmt::format("{}: {}", path.string(), error.what()));
  }
  return entries;
}

}  // namespace foldwave
