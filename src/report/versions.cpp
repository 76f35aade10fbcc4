#include "report/versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace foldwave::report {
namespace {

using nlohmann::json;

json environment_of(const ReportInput& input) { return json::parse(input.environment_json, nullptr, false); }

std::string text_of_environment(const ReportInput& input, const char* key) {
  const json environment = environment_of(input);
  return environment.is_object() && environment.contains(key) && environment[key].is_string()
             ? environment[key].get<std::string>()
             : "";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> versions_of(const ReportInput& input) {
  std::vector<std::pair<std::string, std::string>> versions;
  const json environment = environment_of(input);
  if (!environment.is_object() || !environment.contains("versions") || !environment["versions"].is_object()) return {};
  for (const auto& [library, version] : environment["versions"].items())
    versions.emplace_back(library, version.is_string() ? version.get<std::string>()
                                                       : version.dump(-1, ' ', false, json::error_handler_t::replace));
  return versions;
}

std::string command_of(const ReportInput& input) {
  std::vector<std::string> commands;
  for (const journal::LaunchRecord& launch : input.record.launches) {
    if (launch.command.empty()) continue;
    const std::string launcher = launch.ranks < 2     ? ""
                                 : launch.job.empty() ? fmt::format("mpirun -n {} ", launch.ranks)
                                                      : fmt::format("srun -n {} ", launch.ranks);
    const std::string command = launcher + launch.command;
    if (std::find(commands.begin(), commands.end(), command) == commands.end()) commands.push_back(command);
  }
  if (!commands.empty()) return fmt::format("{}", fmt::join(commands, "\n"));
  return text_of_environment(input, "command");
}

std::string given_in(const ReportInput& input) { return text_of_environment(input, "given_in"); }

}  // namespace foldwave::report
