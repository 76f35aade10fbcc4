#include "batches/descriptors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "foldwave/core/errors.h"
#include "foldwave/features/block_features.h"

namespace foldwave::batches {
namespace {

std::vector<std::string> descriptors_of(const store::FeatureStore& store, InputKind kind) {
  std::vector<std::string> descriptors;
  for (const std::string& column : column_names(store, kind)) descriptors.push_back(features::descriptor_of(column));
  return descriptors;
}

[[noreturn]] void refuse_descriptor(InputKind kind, const std::string& name, const std::vector<std::string>& there) {
  std::string known;
  for (const std::string& other : std::set<std::string>(there.begin(), there.end()))
    known += (known.empty() ? "" : ", ") + other;
  throw InputError(std::string("the ") +
                   (kind == InputKind::rich_summary ? "rich summary has" : "block features have") + " no descriptor '" +
                   name + "'; there are " + known);
}

}  // namespace

void require_rich_summary(const store::FeatureStore& store) {
  if (store.summary_columns() == 0)
    throw InputError(
        "the feature store has no rich summary, for it was made with features.summary = mfcc; model.summary = mfcc "
        "takes what is there");
}

std::vector<std::string> column_names(const store::FeatureStore& store, InputKind kind) {
  if (kind == InputKind::block_features) return features::block_feature_names(store.features().n_mels);
  require_rich_summary(store);
  return features::summary_names(store.features());
}

int all_columns(const store::FeatureStore& store, InputKind kind) {
  switch (kind) {
    case InputKind::mel: return store.features().n_mels;
    case InputKind::mfcc_summary: return 4 * store.features().n_mfcc;
    case InputKind::rich_summary: require_rich_summary(store); return store.summary_columns();
    case InputKind::block_features: return features::block_feature_count(store.features().n_mels);
  }
  return 0;
}

std::vector<int> columns_of(const store::FeatureStore& store, InputKind kind,
                            const std::vector<std::string>& descriptors) {
  const std::vector<std::string> there = descriptors_of(store, kind);
  for (const std::string& name : descriptors)
    if (std::find(there.begin(), there.end(), name) == there.end()) refuse_descriptor(kind, name, there);
  std::vector<int> columns;
  for (size_t i = 0; i < there.size(); ++i)
    if (std::find(descriptors.begin(), descriptors.end(), there[i]) != descriptors.end())
      columns.push_back(static_cast<int>(i));
  return columns;
}

std::vector<float> descriptor_weights(const store::FeatureStore& store, const InputConfig& input) {
  if (input.kind == InputKind::mel) return std::vector<float>(static_cast<size_t>(input_columns(store, input)), 1);
  if (input.kind == InputKind::mfcc_summary) {  // one descriptor
    const auto columns = static_cast<size_t>(input_columns(store, input));
    return std::vector<float>(columns, 1 / std::sqrt(static_cast<float>(columns)));
  }
  const std::vector<std::string> all = descriptors_of(store, input.kind);
  std::vector<std::string> taken = input.columns.empty() ? all : std::vector<std::string>();
  for (const int column : input.columns) taken.push_back(all.at(static_cast<size_t>(column)));
  std::map<std::string, int> columns;
  for (const std::string& descriptor : taken) ++columns[descriptor];
  std::vector<float> weights;
  for (const std::string& descriptor : taken) weights.push_back(1 / std::sqrt(static_cast<float>(columns[descriptor])));
  return weights;
}

}  // namespace foldwave::batches
