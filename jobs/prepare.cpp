#include <fmt/format.h>

#include <algorithm>

#include "foldwave/catalog/quarantine.h"
#include "foldwave/preparation/preparation.h"
#include "jobs/commands.h"
#include "jobs/session.h"

namespace foldwave::jobs {

namespace {

std::string summary(const preparation::PrepareOutcome& outcome) {
  std::string text = fmt::format("{} shards made, {} kept{}; {:.1f} h of audio; {} unusable files", outcome.shards_made,
                                 outcome.shards_kept, outcome.verified ? ", all verified" : "", outcome.audio_s / 3600,
                                 outcome.quarantine.size());
  if (outcome.damaged_tracks > 0) text += fmt::format("; {} damaged tracks made again", outcome.damaged_tracks);
  return text;
}

}  // namespace

void prepare(Session& session) {
  session.stage("prepare", [&] {
    auto config = preparation::prepare_config(session.settings);
    config.quarantine = session.directory / "quarantine.csv";
    // Songs that trained networks are asked about all get an answer, if it is the prior. None usable: a wrong folder.
    if (session.catalog.train.empty() && config.forgiven > 0)
      config.forgiven = std::max(config.forgiven, static_cast<int>(session.catalog.tracks.size()) - 1);
    const auto outcome =
        preparation::prepare(session.catalog, audio::audio_config(session.settings),
                             features::feature_config(session.settings), config, session.world.all(), session.progress);
    comm::on_rank_0(session.world.all(), [&] {
      catalog::write_quarantine(session.directory / "quarantine.csv", session.catalog, outcome.quarantine);
      return std::string();
    });
    if (!outcome.quarantine.empty())
      session.progress.note(fmt::format("{} of {} files could not be used; reasons in {}", outcome.quarantine.size(),
                                        session.catalog.tracks.size(),
                                        (session.directory / "quarantine.csv").string()));
    return summary(outcome);
  });
}

void prepare_command(const Call& call) { in_session(call, {prepare}); }

}  // namespace foldwave::jobs
