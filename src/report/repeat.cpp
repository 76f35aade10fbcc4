#include <algorithm>

#include "report/sections.h"
#include "report/versions.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

Html versions_table(const ReportInput& input) {
  std::vector<std::vector<Html>> rows;
  for (const auto& [library, version] : versions_of(input)) rows.push_back({escaped(library), escaped(version)});
  return rows.empty() ? Html{} : table({{"library"}, {"version"}}, rows);
}

// The stage in which a launch writes its report, and this page is that; nullptr where it has not come to it, or has
// ended.
const journal::StageRecord* writing_stage(const journal::RunRecord& record, const journal::LaunchRecord& launch) {
  const auto found = std::find_if(record.stages.begin(), record.stages.end(), [&](const journal::StageRecord& stage) {
    return stage.name == "report" && stage.state == "running" && stage.launch == launch.id;
  });
  return launch.ending.empty() && found != record.stages.end() ? &*found : nullptr;
}

Html launches_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const journal::LaunchRecord& launch : record.launches) {
    const journal::StageRecord* writing = writing_stage(record, launch);
    rows.push_back({escaped(utc(launch.started_s)), escaped(launch.host), escaped(std::to_string(launch.ranks)),
                    escaped(launch.job.empty() ? "-" : launch.job),
                    escaped(writing ? elapsed(launch.started_s, writing->started_s) + " so far"
                                    : elapsed(launch.started_s, launch.ended_s)),
                    escaped(writing                 ? "writing its report"
                            : launch.ending.empty() ? "not yet"
                                                    : launch.ending)});
  }
  return rows.empty()
             ? Html{}
             : table({{"launched"}, {"host"}, {"ranks", true}, {"SLURM job"}, {"took", true}, {"ending"}}, rows);
}

Html preformatted(const std::string& text) { return "<pre>"_html + escaped(text) + "</pre>\n"_html; }

}  // namespace

Html repeat_section(const ReportInput& input) {
  const std::string command = command_of(input);
  Html body;
  if (const std::string folder = given_in(input); !command.empty() && !folder.empty())
    body += "<p class=\"note\">In "_html + escaped(folder) + ":</p>\n"_html;
  if (!command.empty()) body += "<pre class=\"command\">"_html + escaped(command) + "</pre>\n"_html;
  body += launches_table(input.record);
  body += versions_table(input);
  if (!input.config_ini.empty()) body += folded("config.ini, every key resolved", preformatted(input.config_ini));
  if (!input.environment_json.empty()) body += folded("environment.json", preformatted(input.environment_json));
  if (body.source.empty()) return {};
  return section(
      "repeat", "To repeat this",
      command.empty()
          ? "How the run was made."_html
          : "The same commands, one after the other, with the same versions, config and layout give the same bytes."_html,
      body);
}

}  // namespace foldwave::report
