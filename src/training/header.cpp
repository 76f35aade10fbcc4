#include "training/header.h"

#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/models/backbones.h"
#include "training/checkpoint.h"

namespace foldwave::training {
namespace {

batches::InputConfig input_of(const TrialSetup& setup, const store::FeatureStore& store, const TrainConfig& config) {
  batches::InputConfig input;
  input.crop_frames = config.crop_frames;
  input.tile = config.tile;
  if (models::takes_mel(setup.model)) return input;
  const models::SummaryConfig summary = models::summary_config(setup.settings, setup.model);
  switch (summary.kind) {
    case models::SummaryKind::mfcc: input.kind = batches::InputKind::mfcc_summary; return input;
    case models::SummaryKind::rich: input.kind = batches::InputKind::rich_summary; break;
    case models::SummaryKind::blocks: input.kind = batches::InputKind::block_features; break;
  }
  input.columns = batches::columns_of(store, input.kind, summary.descriptors);
  const features::FeatureConfig& features = store.features();
  if (summary.window_s > 0)
    input.window_frames =
        std::max(2, static_cast<int>(std::lround(summary.window_s * features.sample_rate / features.hop_length)));
  return input;
}

std::vector<double> shares_of(const std::vector<int>& label, int classes) {
  std::vector<double> share(static_cast<size_t>(classes), 0);
  for (const int k : label) share[static_cast<size_t>(k)] += 1 / static_cast<double>(label.size());
  return share;
}

}  // namespace

CheckpointHeader header_of(const TrialSetup& setup, const store::FeatureStore& store, const TrainConfig& config) {
  CheckpointHeader header;
  header.backbone = setup.model;
  header.class_ids = setup.class_ids;
  header.precision = config.precision;
  header.feature_json = store.plan().feature_json;
  header.input = input_of(setup, store, config);
  const int width = header.input.kind == batches::InputKind::mel ? 0 : batches::input_columns(store, header.input);
  const auto model = models::model_config(setup.settings, setup.model, static_cast<int>(setup.class_ids.size()), width);
  header.model_json = models::to_json(model);
  header.point = setup.point;
  header.identity = setup.identity;
  header.seed = setup.seed;
  header.fold = setup.fold;
  header.crops = config.crops;
  header.combine = config.combine;
  header.class_share = shares_of(setup.train.label, static_cast<int>(setup.class_ids.size()));
  return header;
}

batches::Normalisation normalisation_of(const TrialSetup& setup, const store::FeatureStore& store,
                                        const CheckpointHeader& header) {
  if (const std::string& weights = setup.settings.text("model.weights"); !weights.empty()) {
    const std::optional<CheckpointHeader> before = header_if_ours(weights);
    if (before && before->feature_json == header.feature_json && before->input.kind == header.input.kind &&
        before->input.columns == header.input.columns && before->input.window_frames == header.input.window_frames)
      return before->input.normalisation;
  }
  return batches::fit_normalisation(store, setup.train.track, header.input, scaling_of(setup.settings, setup.model));
}

batches::Scaling scaling_of(const Settings& settings, const std::string& model) {
  return !models::takes_mel(model) && models::summary_config(settings, model).balanced ? batches::Scaling::balanced
                                                                                       : batches::Scaling::standard;
}

}  // namespace foldwave::training
