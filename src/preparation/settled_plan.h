// The plan that a store goes by.
#pragma once

#include "foldwave/comm/group.h"
#include "foldwave/core/progress.h"
#include "preparation/task.h"

namespace foldwave::preparation {

// Collective: the plan that is there, or a new one; of two runs that begin at once, the first one's stands for both.
// InputError where it is of another store, naming what differs.
store::StorePlan settled_plan(const Task& task, const comm::Group& group, ProgressSink& sink);

}  // namespace foldwave::preparation
