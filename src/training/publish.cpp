#include "training/publish.h"

#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/training/trial_files.h"
#include "training/checkpoint.h"
#include "training/finite.h"

namespace foldwave::training {

std::string place_of(const TrialSetup& setup) {
  return setup.model + "+" + setup.augment_name + " seed " + std::to_string(setup.seed) + " fold " +
         catalog::fold_name(setup.fold);
}

catalog::PredictionTable prediction_table(const TrialSetup& setup, const store::FeatureStore& store,
                                          std::vector<float> probability) {
  if (verify_where_not_finite(probability, store, setup.valid.track))
    throw SystemError(place_of(setup) + ": its probabilities are not finite, for training ruined its weights");
  catalog::PredictionTable table;
  table.model = setup.model;
  table.augment = setup.augment_name;
  table.seed = setup.seed;
  table.fold = setup.fold;
  table.song_id = setup.valid_ids;
  table.label = setup.valid.label;
  table.classes = static_cast<int>(setup.class_ids.size());
  table.macro_f1 = setup.validates()
                       ? catalog::macro_f1(table.label, catalog::most_likely(probability, table.classes), table.classes)
                       : std::nan("");
  table.probability = std::move(probability);
  return table;
}

void publish_trial(const TrialSetup& setup, const models::Network& network, const CheckpointHeader& header,
                   const History& history, const catalog::PredictionTable& oof) {
  make_directories(setup.directory);
  publish(setup.directory / "metrics.csv", metrics_csv(history));
  if (setup.validates()) catalog::write_predictions(setup.directory / "oof.h5", oof);
  write_checkpoint(setup.directory / "final.safetensors", network, header);
}

void copy_outcome(const std::filesystem::path& from, const std::filesystem::path& to, const std::string& point,
                  const std::string& identity) {
  const auto network_file = from / "final.safetensors";
  CheckpointHeader header = read_checkpoint_header(network_file);
  const auto network = read_network(network_file, header);
  header.point = point;
  header.identity = identity;
  if (header.fold != catalog::kAllRows) catalog::read_predictions(from / "oof.h5");
  if (std::filesystem::exists(from / "test.h5")) catalog::read_predictions(from / "test.h5");
  make_directories(to);
  for (const auto& entry : std::filesystem::directory_iterator(from))
    if (entry.is_regular_file() && entry.path() != network_file)
      publish(to / entry.path().filename(), read_file(entry.path()));
  write_checkpoint(to / network_file.filename(), *network, header);
}

}  // namespace foldwave::training
