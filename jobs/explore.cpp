#include "foldwave/report/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/preparation/preparation.h"
#include "jobs/commands.h"
#include "jobs/options.h"
#include "jobs/session.h"
#include "jobs/spectrograms.h"

namespace foldwave::jobs {
namespace {

using catalog::Catalog;
using store::FeatureStore;

// Without tables on the command line: what the run was started with, under what is given now.
Settings settings_of_run(const OptionRegistry& registry, const Settings& given) {
  if (!given.text("data.train").empty()) return given;
  std::vector<std::string> arguments;
  for (const Option& option : registry.all())
    if (option.key.find('*') == std::string::npos && given.given(option.key))
      arguments.insert(arguments.end(), {"--" + option.key, given.text(option.key)});
  return resolve(registry, existing_run_directory(given) / "config.ini", arguments);
}

bool wants_images(const Settings& settings) { return settings.text("explore.images") == "all"; }

report::Durations durations_of(const Catalog& catalog, const FeatureStore& store) {
  report::Durations durations;
  std::vector<bool> labelled(catalog.tracks.size(), false);
  for (const int track : catalog.train) labelled[track] = true;
  for (size_t track = 0; track < catalog.tracks.size(); ++track)
    if (const int stored = store.find(catalog.tracks[track].id); stored >= 0)
      (labelled[track] ? durations.train_s : durations.test_s).push_back(store.duration_s(stored));
  return durations;
}

// Of each genre's tracks in the store so many, evenly over the table: neighbours there are often alike.
std::vector<int> some_of_each_genre(const Catalog& catalog, const FeatureStore& store, int64_t per_genre) {
  std::vector<std::vector<int>> of_genre(catalog.classes());
  for (size_t row = 0; row < catalog.train.size(); ++row)
    if (const int stored = store.find(catalog.tracks[catalog.train[row]].id); stored >= 0)
      of_genre[catalog.label[row]].push_back(stored);
  std::vector<int> chosen;
  for (const std::vector<int>& tracks : of_genre) {
    const auto count = std::min(per_genre, static_cast<int64_t>(tracks.size()));
    for (int64_t i = 0; i < count; ++i) chosen.push_back(tracks[i * tracks.size() / count]);
  }
  return chosen;
}

// Numbers in the store.
std::vector<int> chosen_tracks(const Settings& settings, const Catalog& catalog, const FeatureStore& store) {
  const std::vector<std::string> ids = settings.list("explore.tracks");
  if (ids.empty()) return some_of_each_genre(catalog, store, settings.integer("explore.per_genre"));
  std::vector<int> chosen;
  for (const std::string& id : ids) {
    const int track = store.find(id);
    const auto unusable = store.unusable().find(id);
    if (track < 0)
      throw InputError(fmt::format("{}: '{}' {}", settings.where("explore.tracks"), id,
                                   unusable == store.unusable().end() ? "is not a song of the tables"
                                                                      : "has no spectrogram: " + unusable->second));
    chosen.push_back(track);
  }
  return chosen;
}

// song_id -> genre, of training tracks
std::map<std::string, std::string> genres_of(const Catalog& catalog) {
  std::map<std::string, std::string> genres;
  for (size_t row = 0; row < catalog.train.size(); ++row)
    genres[catalog.tracks[catalog.train[row]].id] = catalog.class_names[catalog.label[row]];
  return genres;
}

// Collective: those with axes, which take longer, and then bare pictures of all tracks, if they are wanted.
void draw_spectrograms(const Call& call, const Settings& settings, const Catalog& catalog, const FeatureStore& store,
                       const std::filesystem::path& directory) {
  const std::vector<int> chosen = chosen_tracks(settings, catalog, store);
  const auto with_axes = static_cast<int>(chosen.size());
  const int bare = wants_images(settings) ? store.tracks() : 0;
  const auto genres = genres_of(catalog);
  const auto draw = [&](int item) {
    const int track = item < with_axes ? chosen[static_cast<size_t>(item)] : item - with_axes;
    const auto genre = genres.find(std::string(store.song_id(track)));
    const auto spectrogram = read_spectrogram(store, track, genre == genres.end() ? "" : genre->second);
    return item < with_axes
               ? report::draw_spectrogram(spectrogram, store.features(), directory).string()
               : report::write_spectrogram_image(spectrogram, store.features(), directory / "spectrograms").string();
  };
  Progress progress{.stage = "explore", .unit = "spectrograms", .total = with_axes + bare, .detail = ""};
  if (progress.total > 0) call.progress.update(progress);
  const auto on_outcome = [&](int item, int, const std::string& path) {
    ++progress.done;
    call.progress.update(progress);
    if (item < with_axes) fmt::print("{}\n", path);
  };
  const int done = comm::share_work(call.world->all(), with_axes + bare, draw, on_outcome);
  if (done < with_axes + bare)
    throw Stopped(fmt::format("stopped with {} of {} spectrograms drawn", done, with_axes + bare));
  if (bare > 0 && call.world->rank() == 0) fmt::print("{}: {} pictures\n", (directory / "spectrograms").string(), bare);
}

}  // namespace

// Of a run directory that may be in use: takes nothing, writes only into report/.
void explore_command(const Call& call) {
  const OptionRegistry registry = all_options();
  const Settings settings = settings_of_run(registry, call.settings);
  const auto run = run_directory(settings), directory = run / "report";
  const Catalog catalog = catalog::read_catalog(catalog::catalog_config(settings));
  const auto store_config = preparation::prepare_config(settings);
  const auto audio = audio::audio_config(settings);
  const auto features = features::feature_config(settings);
  const comm::Group& ranks = call.world->all();

  const std::string prepared = comm::on_rank_0(ranks, [&] {
    make_directories(wants_images(settings) ? directory / "spectrograms" : directory);
    remove_abandoned(directory);
    remove_abandoned(directory / "spectrograms");
    const bool has_folds = std::filesystem::exists(run / "folds.csv");
    const auto fold = has_folds ? report::read_folds(run / "folds.csv", catalog) : std::vector<int>{};
    fmt::print("{}\n", report::draw_genres(catalog, fold, directory).string());
    return std::string(store::is_finished(store_config.store) ? "yes" : "");
  });
  if (prepared.empty()) {
    call.progress.note(fmt::format(
        "durations and spectrograms need the feature store '{}', which is not finished: run 'foldwave prepare' first",
        store_config.store.string()));
    return;
  }
  const FeatureStore store = preparation::open_store(catalog, audio, features, store_config);
  comm::on_rank_0(ranks, [&] {
    fmt::print("{}\n", report::draw_durations(durations_of(catalog, store), directory).string());
    return std::string();
  });
  draw_spectrograms(call, settings, catalog, store, directory);
}

}  // namespace foldwave::jobs
