#include <nlohmann/json.hpp>

#include "features/check.h"
#include "foldwave/core/errors.h"
#include "foldwave/features/features.h"

namespace foldwave::features {

std::string to_json(const FeatureConfig& config) {
  return nlohmann::json{{"sample_rate", config.sample_rate},
                        {"n_fft", config.n_fft},
                        {"hop_length", config.hop_length},
                        {"n_mels", config.n_mels},
                        {"n_mfcc", config.n_mfcc},
                        {"fmin", config.fmin},
                        {"fmax", config.fmax},
                        {"htk", config.htk},
                        {"norm", config.area_norm ? "slaney" : "none"},
                        {"power", config.power},
                        {"lifter", config.lifter},
                        {"top_db", config.top_db},
                        {"summary", config.summary == Summary::rich ? "rich" : "mfcc"}}
      .dump();
}

FeatureConfig feature_config_from_json(const std::string& json) {
  const auto where = [](const std::string& field) { return "feature parameters: " + field; };
  FeatureConfig config;
  try {
    const auto fields = nlohmann::json::parse(json);
    fields.at("sample_rate").get_to(config.sample_rate);
    fields.at("n_fft").get_to(config.n_fft);
    fields.at("hop_length").get_to(config.hop_length);
    fields.at("n_mels").get_to(config.n_mels);
    fields.at("n_mfcc").get_to(config.n_mfcc);
    fields.at("fmin").get_to(config.fmin);
    fields.at("fmax").get_to(config.fmax);
    fields.at("htk").get_to(config.htk);
    fields.at("power").get_to(config.power);
    fields.at("lifter").get_to(config.lifter);
    fields.at("top_db").get_to(config.top_db);
    const auto norm = fields.at("norm").get<std::string>();
    if (norm != "slaney" && norm != "none")
      throw InputError(where("norm") + " is '" + norm + "', expected slaney or none");
    config.area_norm = norm == "slaney";
    const auto summary = fields.at("summary").get<std::string>();
    if (summary != "rich" && summary != "mfcc")
      throw InputError(where("summary") + " is '" + summary + "', expected rich or mfcc");
    config.summary = summary == "rich" ? Summary::rich : Summary::mfcc;
  } catch (const nlohmann::json::exception& error) {
    throw InputError(std::string("feature parameters: ") + error.what());
  }
  check(config, where);
  return config;
}

}  // namespace foldwave::features
