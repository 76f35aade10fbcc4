#include <fmt/format.h>

#include "foldwave/core/errors.h"
#include "jobs/commands.h"
#include "jobs/session.h"
#include "jobs/trial_state.h"

namespace foldwave::jobs {

void predict(Session& session) {
  session.stage("predict", [&] {
    if (session.catalog.test.empty()) return std::string("no data.test, nothing to predict");
    const store::FeatureStore store = open_near_store(session);
    if (select_trials(session, [&](const auto& trial) { return is_trained(session, trial); }).empty())
      throw InputError("no trial is trained yet: run 'foldwave train' first");
    const auto pending = pick(session, select_trials(session, [&](const auto& trial) {
                                return is_trained(session, trial) && !is_predicted(session, trial);
                              }));
    if (!pending.empty()) experiment::predict_trials(experiment_of(session, store), pending);
    return fmt::format("{} trials asked about {} test songs", pending.size(), session.catalog.test.size());
  });
}

void predict_command(const Call& call) {
  if (call.settings.list("predict.checkpoints").empty())
    in_shared_session(call, {predict});
  else
    predict_from_checkpoints(call);
}

}  // namespace foldwave::jobs
