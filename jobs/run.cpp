#include "jobs/commands.h"

namespace foldwave::jobs {

void run_command(const Call& call) { in_session(call, {prepare, train, predict, stack, report}); }

}  // namespace foldwave::jobs
