#include <fmt/format.h>

#include "foldwave/report/report.h"
#include "jobs/commands.h"
#include "jobs/session.h"

namespace foldwave::jobs {

void status_command(const Call& call) {
  if (call.world != nullptr && call.world->rank() != 0) return;
  const report::ReportInput input = report::read_run(existing_run_directory(call.settings), {});
  fmt::print("{}",
             call.settings.text("status.format") == "json" ? report::status_json(input) : report::status_text(input));
}

}  // namespace foldwave::jobs
