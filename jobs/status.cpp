#include <fmt/format.h>

#include "foldwave/core/errors.h"
#include "foldwave/report/report.h"
#include "jobs/commands.h"
#include "jobs/session.h"

namespace foldwave::jobs {

void status_command(const Call& call) {
  if (call.world != nullptr && call.world->rank() != 0) return;
  const auto directory = run_directory(call.settings);
  if (!std::filesystem::is_directory(directory))
    throw InputError(fmt::format("{} = '{}' is not a directory", call.settings.where("run.dir"), directory.string()));
  fmt::print("{}", report::status_text(report::read_run(directory, {})));
}

}  // namespace foldwave::jobs
