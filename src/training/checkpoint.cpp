#include "training/checkpoint.h"

#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"

namespace foldwave::training {
namespace {

using nlohmann::json;

std::string input_to_json(const batches::InputConfig& input) {
  return json{{"kind", input.kind == batches::InputKind::mel ? "mel" : "mfcc_summary"},
              {"crop_frames", input.crop_frames},
              {"mean", input.normalisation.mean},
              {"std", input.normalisation.std}}
      .dump();
}

batches::InputConfig input_from_json(const std::string& text) {
  const auto parsed = json::parse(text);
  batches::InputConfig input;
  input.kind =
      parsed.at("kind").get<std::string>() == "mel" ? batches::InputKind::mel : batches::InputKind::mfcc_summary;
  input.crop_frames = parsed.at("crop_frames").get<int>();
  input.normalisation.mean = parsed.at("mean").get<std::vector<float>>();
  input.normalisation.std = parsed.at("std").get<std::vector<float>>();
  return input;
}

CheckpointHeader header_of(const formats::SafetensorsFile& file, const std::filesystem::path& path) {
  const auto& metadata = file.metadata();
  const auto format = metadata.find("format");
  if (format == metadata.end() || format->second != "foldwave")
    throw InputError(path.string() + ": not a checkpoint of foldwave (no format=foldwave in its header)");
  try {
    CheckpointHeader header;
    header.backbone = metadata.at("backbone");
    header.class_ids = json::parse(metadata.at("class_ids")).get<std::vector<std::string>>();
    header.model_json = metadata.at("model");
    header.feature_json = metadata.at("features");
    header.input = input_from_json(metadata.at("input"));
    return header;
  } catch (const json::exception& error) {
    throw InputError(path.string() + ": damaged header: " + error.what());
  } catch (const std::out_of_range&) {
    throw InputError(path.string() + ": its header lacks one of backbone, class_ids, model, features, input");
  }
}

}  // namespace

std::string model_to_json(const models::ModelConfig& config, const std::string& precision) {
  return json{{"name", config.name},         {"classes", config.classes},
              {"channels", config.channels}, {"summary_width", config.summary_width},
              {"hidden", config.hidden},     {"dropout", config.dropout},
              {"precision", precision}}
      .dump();
}

models::ModelConfig model_from_json(const std::string& text) {
  const auto parsed = json::parse(text);
  models::ModelConfig config;
  config.name = parsed.at("name").get<std::string>();
  config.classes = parsed.at("classes").get<int>();
  config.channels = parsed.at("channels").get<int>();
  config.summary_width = parsed.at("summary_width").get<int>();
  config.hidden = parsed.at("hidden").get<std::vector<int>>();
  config.dropout = parsed.at("dropout").get<double>();
  return config;
}

std::string precision_from_json(const std::string& text) { return json::parse(text).value("precision", "auto"); }

CheckpointHeader read_checkpoint_header(const std::filesystem::path& path) {
  return header_of(formats::SafetensorsFile(path), path);
}

void write_checkpoint(const std::filesystem::path& path, const models::Network& network,
                      const CheckpointHeader& header) {
  write_tensors(path, models::state_dict(network),
                {{"format", "foldwave"},
                 {"backbone", header.backbone},
                 {"class_ids", json(header.class_ids).dump()},
                 {"model", header.model_json},
                 {"features", header.feature_json},
                 {"input", input_to_json(header.input)}});
}

std::shared_ptr<models::Network> read_network(const std::filesystem::path& path, const CheckpointHeader& header) {
  models::ModelConfig config;
  try {
    config = model_from_json(header.model_json);
  } catch (const json::exception& error) {
    throw InputError(path.string() + ": damaged description of the model: " + error.what());
  }
  auto network = models::make_network(config, 0);
  read_tensors(formats::SafetensorsFile(path), path, "", models::state_dict(*network));
  return network;
}

}  // namespace foldwave::training
