#include "store/shard_attributes.h"

#include "store/layout.h"

namespace foldwave::store {
namespace {

using formats::Hdf5File;

bool has_number(const Hdf5File& file, const std::string& name, int64_t expected) {
  return file.has_attribute("/", name) && file.number_attribute("/", name) == static_cast<double>(expected);
}

bool has_text(const Hdf5File& file, const std::string& name, const std::string& expected) {
  return file.has_attribute("/", name) && file.text_attribute("/", name) == expected;
}

// A version of foldwave with more or other statistics needs shards of its own.
bool has_summary_columns(const Hdf5File& file) {
  const auto names =
      features::summary_names(features::feature_config_from_json(file.text_attribute("/", "feature_config")));
  if (names.empty()) return file.shape("/summary").at(1) == 0;
  return file.has_attribute("/summary", "columns") && file.text_attributes("/summary", "columns") == names;
}

void write_identity(Hdf5File& file, const StorePlan& plan, int shard) {
  file.set_attribute("/", "format", format_name);
  file.set_attribute("/", "version", format_version);
  file.set_attribute("/", "config_hash", plan.config_hash());
  file.set_attribute("/", "catalog_hash", plan.catalog_hash);
  file.set_attribute("/", "features", plan.feature_json);
  file.set_attribute("/", "shard", static_cast<int64_t>(shard));
  file.set_attribute("/", "first_row", plan.first_row[static_cast<size_t>(shard)]);
  file.set_attribute("/", "end_row", plan.first_row[static_cast<size_t>(shard) + 1]);
}

void write_parameters(Hdf5File& file, const features::FeatureConfig& config) {
  file.set_attribute("/", "sample_rate", static_cast<int64_t>(config.sample_rate));
  file.set_attribute("/", "n_fft", static_cast<int64_t>(config.n_fft));
  file.set_attribute("/", "hop_length", static_cast<int64_t>(config.hop_length));
  file.set_attribute("/", "n_mels", static_cast<int64_t>(config.n_mels));
  file.set_attribute("/", "n_mfcc", static_cast<int64_t>(config.n_mfcc));
  file.set_attribute("/", "fmin", config.fmin);
  file.set_attribute("/", "fmax", config.fmax);
  file.set_attribute("/", "htk", static_cast<int64_t>(config.htk));
  file.set_attribute("/", "norm", std::string(config.area_norm ? "slaney" : "none"));
  file.set_attribute("/", "power", config.power);
  file.set_attribute("/", "lifter", config.lifter);
  file.set_attribute("/", "top_db", config.top_db);
  file.set_attribute("/", "feature_config", features::to_json(config));
}

}  // namespace

void write_attributes(Hdf5File& file, const StorePlan& plan, const features::FeatureConfig& config, int shard) {
  write_identity(file, plan, shard);
  write_parameters(file, config);
}

void write_columns(Hdf5File& file, const features::FeatureConfig& config) {
  file.set_attribute("/mfcc_summary", "columns", features::mfcc_summary_names(config.n_mfcc));
  const auto names = features::summary_names(config);
  if (!names.empty()) file.set_attribute("/summary", "columns", names);
}

bool belongs_to(const Hdf5File& file, const StorePlan& plan, int shard) {
  const auto s = static_cast<size_t>(shard);
  const int64_t begin = plan.first_row.at(s), end = plan.first_row.at(s + 1);
  const uint64_t rows = file.shape("/song_id").at(0) + file.shape("/unusable_song_id").at(0);
  return has_text(file, "format", format_name) && has_number(file, "version", format_version) &&
         has_text(file, "config_hash", plan.config_hash()) && has_text(file, "catalog_hash", plan.catalog_hash) &&
         has_number(file, "shard", shard) && has_number(file, "first_row", begin) && has_number(file, "end_row", end) &&
         rows == static_cast<uint64_t>(end - begin) && has_summary_columns(file);
}

}  // namespace foldwave::store
