#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"
#include "foldwave/models/backbones.h"

namespace foldwave::models {

std::string to_json(const ModelConfig& config) {
  return nlohmann::json{{"name", config.name},
                        {"classes", config.classes},
                        {"channels", config.channels},
                        {"summary_width", config.summary_width},
                        {"hidden", config.hidden},
                        {"hidden_norm", config.hidden_norm},
                        {"dropout", config.dropout},
                        {"drop_rate", config.drop_rate},
                        {"drop_path_rate", config.drop_path_rate},
                        {"cnn_channels", config.cnn_channels},
                        {"c", config.c},
                        {"gamma", config.gamma},
                        {"landmarks", config.landmarks}}
      .dump();
}

ModelConfig model_config_from_json(const std::string& json) {
  try {
    const auto parsed = nlohmann::json::parse(json);
    ModelConfig config;
    parsed.at("name").get_to(config.name);
    parsed.at("classes").get_to(config.classes);
    parsed.at("channels").get_to(config.channels);
    parsed.at("summary_width").get_to(config.summary_width);
    parsed.at("hidden").get_to(config.hidden);
    parsed.at("hidden_norm").get_to(config.hidden_norm);
    parsed.at("dropout").get_to(config.dropout);
    parsed.at("drop_rate").get_to(config.drop_rate);
    parsed.at("drop_path_rate").get_to(config.drop_path_rate);
    parsed.at("cnn_channels").get_to(config.cnn_channels);
    parsed.at("c").get_to(config.c);
    parsed.at("gamma").get_to(config.gamma);
    parsed.at("landmarks").get_to(config.landmarks);
    return config;
  } catch (const nlohmann::json::exception& error) {
    throw InputError(std::string("damaged description of a model: ") + error.what());
  }
}

}  // namespace foldwave::models
