#include "foldwave/report/report.h"

#include <fmt/format.h>

#include "jobs/commands.h"
#include "jobs/options.h"
#include "jobs/session.h"

namespace foldwave::jobs {

void report(Session& session) {
  session.stage("report", [&] {
    return comm::on_rank_0(session.world.all(), [&] {
      const report::ReportInput input = report::read_run(session.directory, session.catalog);
      report::write_report(input, session.directory / "report");
      session.progress.note("\n" + report::status_text(input));
      session.progress.say(LogLevel::outcome, "report: " + (session.directory / "report" / "index.html").string());
      if (!session.catalog.test.empty())
        session.progress.say(LogLevel::outcome,
                             "submission: " + (session.directory / "ensemble" / "submission.csv").string());
      return std::string("report/index.html");
    });
  });
}

// Of a run directory that may be in use: takes nothing, writes only the report.
void report_command(const Call& call) {
  const auto directory = existing_run_directory(call.settings);
  const OptionRegistry registry = all_options();
  const Settings its_own = resolve(registry, directory / "config.ini", {});
  const Settings& settings = call.settings.text("data.train").empty() ? its_own : call.settings;
  const catalog::Catalog catalog = catalog::read_catalog(catalog::catalog_config(settings));
  report::write_report(report::read_run(directory, catalog), directory / "report");
  fmt::print("{}\n", (directory / "report" / "index.html").string());
}

}  // namespace foldwave::jobs
