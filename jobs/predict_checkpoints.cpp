// foldwave predict --predict.checkpoints: trained networks, whose files are all that there is of their run, asked about
// songs that they have never seen.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/words.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/experiment/alike.h"
#include "foldwave/experiment/ask.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/experiment/test_table.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/training/checkpoint.h"
#include "jobs/commands.h"
#include "jobs/options.h"
#include "jobs/session.h"

namespace foldwave::jobs {
namespace {

struct Checkpoint {
  std::string file;
  std::string model;  // those of one model are its folds and seeds
  int crops = 1;
  std::string combine;
  std::vector<double> class_share;  // [classes] that it was trained on; empty: unknown
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Checkpoint, file, model, crops, combine, class_share)

// What they have in common, or they could not be asked about the same songs.
struct Checkpoints {
  std::vector<Checkpoint> all;
  std::vector<std::string> class_ids;
  std::string feature_json;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Checkpoints, all, class_ids, feature_json)

Checkpoints read_headers(const Settings& settings) {
  Checkpoints found;
  for (const auto& path : files_like(settings.list("predict.checkpoints"), settings.where("predict.checkpoints"))) {
    const training::CheckpointHeader header = training::read_checkpoint_header(path);
    if (found.all.empty()) {
      found.class_ids = header.class_ids;
      found.feature_json = header.feature_json;
    }
    if (header.class_ids != found.class_ids || header.feature_json != found.feature_json)
      throw InputError(fmt::format("{} was trained on other {} than {}; predict them one after the other",
                                   path.string(), header.class_ids != found.class_ids ? "classes" : "features",
                                   found.all.front().file));
    found.all.push_back({path.string(), header.point.empty() ? header.backbone : header.point, header.crops,
                         header.combine, header.class_share});
  }
  return found;
}

std::vector<std::string> models_of(const Checkpoints& checkpoints) {
  std::vector<std::string> models;
  for (const Checkpoint& checkpoint : checkpoints.all)
    if (std::find(models.begin(), models.end(), checkpoint.model) == models.end()) models.push_back(checkpoint.model);
  return models;
}

// Damage is told before hours of preparation, not after.
void try_all(const comm::World& world, const Checkpoints& checkpoints) {
  const auto work = [&](int item) {
    training::try_checkpoint(checkpoints.all[static_cast<size_t>(item)].file);
    return std::string();
  };
  comm::share_work(world.all(), static_cast<int>(checkpoints.all.size()), work, [](int, int, const std::string&) {});
}

// The checkpoints' own feature parameters, where the user has not given them; InputError where he gave others.
Settings with_features(const Settings& given, const Checkpoints& checkpoints) {
  const OptionRegistry registry = all_options();
  Settings settings = given;
  const auto origin = fmt::format("'{}'", checkpoints.all.front().file);
  const auto features = nlohmann::json::parse(checkpoints.feature_json);
  for (const auto& [name, value] : features.items()) {
    const std::string key = "features." + name;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (registry.find(key) != nullptr && !settings.given(key)) settings.set(key, text, origin);
  }
  const std::string differences = preparation::feature_differences(
      checkpoints.feature_json, audio::audio_config(settings), foldwave::features::feature_config(settings));
  if (!differences.empty()) throw InputError(fmt::format("{} was trained on other features: {}", origin, differences));
  return settings;
}

ensemble::Combination combination(const Settings& settings) {
  const std::string& file = settings.text("predict.meta_model");
  const std::string& method = settings.text("stack.method");
  if (!file.empty()) return ensemble::read_meta_model(file);
  if (method == "logistic" || method == "weighted")
    throw InputError(
        fmt::format("{} = {}: what that has learned is in the meta_model.json of the checkpoints' run; "
                    "predict.meta_model names it",
                    settings.where("stack.method"), method));
  ensemble::Combination how;
  if (method != "auto") how.method = method;
  return how;
}

// As in the validation of its own trial, where the user does not say otherwise.
training::AskConfig how_to_ask(const Checkpoint& checkpoint, const Settings& settings) {
  training::AskConfig how;
  how.samples.crops =
      settings.given("predict.crops") ? static_cast<int>(settings.integer("predict.crops")) : checkpoint.crops;
  how.geometric =
      (settings.given("predict.combine") ? settings.text("predict.combine") : checkpoint.combine) == "geometric";
  return how;
}

std::vector<experiment::Question> questions_of(const Session& session, const Checkpoints& checkpoints) {
  const auto threads = static_cast<int>(session.settings.integer("train.threads"));
  std::vector<experiment::Question> questions;
  for (const Checkpoint& checkpoint : checkpoints.all) {
    experiment::Question& question = questions.emplace_back();
    question.checkpoint = question.name = checkpoint.file;
    question.how = how_to_ask(checkpoint, session.settings);
    question.threads = threads > 0 ? threads : session.threads;
  }
  return questions;
}

// The shares of the classes among the songs that the checkpoints were trained on, in their mean; where these are
// unknown, all alike.
std::vector<float> prior_of(const Checkpoints& checkpoints) {
  const size_t classes = checkpoints.class_ids.size();
  std::vector<float> mean(classes, 0);
  for (const Checkpoint& checkpoint : checkpoints.all)
    for (size_t k = 0; k < classes; ++k) {
      const float share = checkpoint.class_share.empty() ? 1 / static_cast<float>(classes)
                                                         : static_cast<float>(checkpoint.class_share[k]);
      mean[k] += share / static_cast<float>(checkpoints.all.size());
    }
  return mean;
}

// One table a model: the mean over its checkpoints. answers: [checkpoints][usable songs, classes]
std::vector<catalog::PredictionTable> tables_of(const Checkpoints& checkpoints, const catalog::Catalog& catalog,
                                                const store::FeatureStore& store,
                                                const std::vector<std::vector<float>>& answers,
                                                const std::vector<float>& prior) {
  const std::vector<std::string> models = models_of(checkpoints);
  std::vector<std::vector<catalog::PredictionTable>> members(models.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    const Checkpoint& checkpoint = checkpoints.all[i];
    const auto known = std::find(models.begin(), models.end(), checkpoint.model) - models.begin();
    members[static_cast<size_t>(known)].push_back(experiment::complete_test_table(catalog, store, answers[i], prior));
  }
  std::vector<catalog::PredictionTable> tables;
  for (size_t m = 0; m < models.size(); ++m) {
    tables.push_back(ensemble::mean_of(members[m]));
    tables.back().model = models[m];
  }
  return tables;
}

// Likeness is that among the songs here, of which there must be enough to tell what sets songs apart.
void average_with_neighbours(std::vector<catalog::PredictionTable>& tables, const store::FeatureStore& store, int count,
                             Session& session) {
  const auto songs = static_cast<size_t>(store.tracks());
  if (store.summary_columns() == 0 || songs < models::Likeness::kEnoughSongs || songs > models::Likeness::kMostSongs) {
    session.progress.warn(fmt::format(
        "{} averages songs with {} that sound alike; that takes the rich summaries of {} to {} songs, so each "
        "of the {} here is answered alone",
        session.settings.where("predict.meta_model"), count, models::Likeness::kEnoughSongs,
        models::Likeness::kMostSongs, songs));
    return;
  }
  const experiment::AlikeSongs alike(store, count);
  const ensemble::Neighbours neighbours = alike.of(tables.front().song_id);
  for (catalog::PredictionTable& table : tables) table = ensemble::with_neighbours(std::move(table), neighbours);
}

template <class Things>
std::string number_of(const Things& things, const char* name) {
  return counted(static_cast<int64_t>(things.size()), name);
}

std::string ask(Session& session, const Checkpoints& checkpoints, const ensemble::Combination& how) {
  const store::FeatureStore store = open_near_store(session);
  std::vector<std::vector<float>> answers(checkpoints.all.size());
  experiment::ask_networks(session.world, store, experiment::usable_test_tracks(session.catalog, store),
                           questions_of(session, checkpoints), session.progress,
                           [&](int number, std::vector<float> probability) {
                             answers[static_cast<size_t>(number)] = std::move(probability);
                           });
  return comm::on_rank_0(session.world.all(), [&] {
    const std::vector<float> prior = prior_of(checkpoints);
    auto tables = tables_of(checkpoints, session.catalog, store, answers, prior);
    if (how.neighbours > 0) average_with_neighbours(tables, store, how.neighbours, session);
    const auto folder = session.directory / "ensemble";
    catalog::PredictionTable answer = ensemble::combine(tables, how);
    experiment::put_prior(answer, store, prior);
    ensemble::write_answers(folder, session.catalog, answer);
    return fmt::format("{} of {} asked about {} ({}); {}", number_of(checkpoints.all, "checkpoint"),
                       number_of(tables, "model"), number_of(session.catalog.test, "song"), how.method,
                       (folder / "submission.csv").string());
  });
}

}  // namespace

void predict_from_checkpoints(const Call& call) {
  if (call.settings.integer("predict.augmented_passes") > 0)
    throw InputError(fmt::format("{}: a checkpoint does not hold the augmentation that it was trained with",
                                 call.settings.where("predict.augmented_passes")));
  const std::string headers =
      comm::on_rank_0(call.world->all(), [&] { return nlohmann::json(read_headers(call.settings)).dump(); });
  const auto checkpoints = nlohmann::json::parse(headers).get<Checkpoints>();
  const Settings settings = with_features(call.settings, checkpoints);
  try_all(*call.world, checkpoints);
  const ensemble::Combination how = combination(settings);
  ensemble::require_models(how, models_of(checkpoints));
  if (!how.class_ids.empty() && how.class_ids != checkpoints.class_ids)
    throw InputError(fmt::format("{} = '{}' is of other classes than the checkpoints",
                                 settings.where("predict.meta_model"), settings.text("predict.meta_model")));
  const auto stage = [&](Session& session) {
    session.stage("predict", [&] { return ask(session, checkpoints, how); });
  };
  in_test_session({settings, call.environment, call.world, call.progress}, checkpoints.class_ids, {prepare, stage});
}

}  // namespace foldwave::jobs
