#include "foldwave/report/report.h"

#include <fmt/format.h>

#include <memory>

#include "foldwave/core/errors.h"
#include "foldwave/core/words.h"
#include "foldwave/models/backbones.h"
#include "foldwave/store/store.h"
#include "jobs/commands.h"
#include "jobs/options.h"
#include "jobs/session.h"
#include "jobs/spectrograms.h"

namespace foldwave::jobs {
namespace {

std::set<std::string> without_augmentation(const journal::RunRecord& record) {
  std::set<std::string> backbones;
  for (const auto& [id, trial] : record.trials) {
    const std::string backbone = id.substr(0, id.find_first_of("+/"));
    if (models::known(backbone) && !models::takes_mel(backbone)) backbones.insert(backbone);
  }
  return backbones;
}

// A store that is not there, or not whole, costs the page its spectrograms and no more.
void add_spectrograms(report::ReportInput& input, const std::filesystem::path& directory) {
  if (input.wrong.empty()) return;
  try {
    const auto store = std::make_shared<const store::FeatureStore>(directory);
    input.features = store->features();
    input.spectrogram_of = [store](const std::string& song_id) {
      const int track = store->find(song_id);
      if (track < 0) throw InputError("the feature store has no song '" + song_id + "'");
      return read_spectrogram(*store, track, "");
    };
  } catch (const Error& error) {
    input.unreadable.push_back(fmt::format("no spectrograms: {}", error.what()));
  }
}

// All that can be told of a run in `directory`.
report::ReportInput read_all(const std::filesystem::path& directory, const catalog::Catalog& catalog,
                             const std::filesystem::path& store) {
  report::ReportInput input = report::read_run(directory, catalog);
  input.without_augmentation = without_augmentation(input.record);
  report::read_wrong_tracks(input);
  add_spectrograms(input, store);
  return input;
}

// Wherever the run directory lies now.
std::filesystem::path store_of(const Settings& settings, const std::filesystem::path& directory) {
  const std::string& path = settings.text("features.path");
  return path.empty() ? directory / "features" : std::filesystem::path(path);
}

// What the run was started with, and its tables: either may be gone, or of another version.
struct RunTables {
  catalog::Catalog catalog;
  std::filesystem::path store;
  std::string problem = {};     // why there is no catalogue; or empty
  std::string only_asked = {};  // what was done where networks were asked about songs, and nothing was trained
};
RunTables tables_to_report(const OptionRegistry& registry, const std::filesystem::path& directory) {
  RunTables tables{{}, directory / "features"};
  try {
    const Settings settings = resolve(registry, directory / "config.ini", {});
    tables.store = store_of(settings, directory);
    if (settings.list("predict.checkpoints").empty()) {
      tables.catalog = catalog::read_catalog(catalog::catalog_config(settings));
      return tables;
    }
    tables.catalog = catalog::read_catalog(catalog::test_catalog_config(settings));
    const bool answered = std::filesystem::exists(directory / "ensemble" / "submission.csv");
    tables.only_asked =
        fmt::format("Nothing is scored here: networks trained elsewhere ({}) {} asked about {} of {}{}.",
                    settings.text("predict.checkpoints"), answered ? "were" : "are to be",
                    counted(static_cast<int64_t>(tables.catalog.test.size()), "song"), settings.text("data.test"),
                    answered ? "; ensemble/submission.csv and probabilities.csv have the answers" : "");
  } catch (const Error& error) {
    tables.problem = fmt::format(
        "The tables of songs and genres cannot be read, so genres go by their class numbers: {}", error.what());
  }
  return tables;
}

}  // namespace

void report(Session& session) {
  session.stage("report", [&] {
    return comm::on_rank_0(session.world.all(), [&] {
      const report::ReportInput input =
          read_all(session.directory, session.catalog, store_of(session.settings, session.directory));
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

// Of a run directory that may be in use: takes nothing, writes only into report/, and with report.format = text not
// even there.
void report_command(const Call& call) {
  const auto directory = existing_run_directory(call.settings);
  const OptionRegistry registry = all_options();
  RunTables tables;
  if (call.settings.text("data.train").empty())
    tables = tables_to_report(registry, directory);
  else
    tables = {catalog::read_catalog(catalog::catalog_config(call.settings)), store_of(call.settings, directory)};
  report::ReportInput input = read_all(directory, tables.catalog, tables.store);
  input.only_asked = tables.only_asked;
  if (!tables.problem.empty()) input.unreadable.insert(input.unreadable.begin(), tables.problem);
  if (call.settings.text("report.format") == "text") {
    fmt::print("{}", report::report_text(input));
    return;
  }
  report::write_report(input, directory / "report");
  fmt::print("{}\n", (directory / "report" / "index.html").string());
}

}  // namespace foldwave::jobs
