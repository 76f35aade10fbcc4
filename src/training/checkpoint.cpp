#include "training/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "foldwave/core/errors.h"
#include "training/torch_error.h"

namespace foldwave::training {
namespace {

using nlohmann::json;

constexpr std::pair<batches::InputKind, const char*> kinds[] = {{batches::InputKind::mel, "mel"},
                                                                {batches::InputKind::mfcc_summary, "mfcc_summary"},
                                                                {batches::InputKind::rich_summary, "rich_summary"},
                                                                {batches::InputKind::block_features, "block_features"}};

std::string input_to_json(const batches::InputConfig& input) {
  const auto kind =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& known) { return known.first == input.kind; });
  return json{{"kind", kind->second},
              {"crop_frames", input.crop_frames},
              {"tile", input.tile},
              {"window_frames", input.window_frames},
              {"columns", input.columns},
              {"mean", input.normalisation.mean},
              {"std", input.normalisation.std}}
      .dump();
}

// What a file that nobody vouches for may say of a network's input.
void require_sound(const batches::InputConfig& input, const std::string& file) {
  constexpr int most_frames = 1 << 20;
  const auto refuse = [&](const std::string& what) { throw InputError(file + ": its header's input has " + what); };
  if (input.crop_frames < 1 || input.crop_frames > most_frames)
    refuse("crops of " + std::to_string(input.crop_frames) + " frames");
  if (input.window_frames < 0 || input.window_frames > most_frames)
    refuse("windows of " + std::to_string(input.window_frames) + " frames");
  const auto& [mean, std] = input.normalisation;
  if (mean.size() != std.size())
    refuse("means of " + std::to_string(mean.size()) + " columns and deviations of " + std::to_string(std.size()));
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(mean.begin(), mean.end(), finite) || !std::all_of(std.begin(), std.end(), finite))
    refuse("a mean or deviation that is no finite number");
  if (!std::all_of(std.begin(), std.end(), [](float value) { return value > 0; }))
    refuse("a deviation that is not above 0");
  for (size_t i = 0; i < input.columns.size(); ++i)
    if (input.columns[i] < 0 || (i > 0 && input.columns[i] <= input.columns[i - 1]))
      refuse("columns that are not ascending numbers");
}

batches::InputConfig input_from_json(const std::string& text, const std::string& file) {
  const auto parsed = json::parse(text);
  const auto name = parsed.at("kind").get<std::string>();
  const auto kind =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& known) { return known.second == name; });
  if (kind == std::end(kinds)) throw InputError(file + ": its network's input is '" + name + "', of no known kind");
  batches::InputConfig input;
  input.kind = kind->first;
  parsed.at("crop_frames").get_to(input.crop_frames);
  parsed.at("tile").get_to(input.tile);
  parsed.at("window_frames").get_to(input.window_frames);
  parsed.at("columns").get_to(input.columns);
  parsed.at("mean").get_to(input.normalisation.mean);
  parsed.at("std").get_to(input.normalisation.std);
  require_sound(input, file);
  return input;
}

std::string trial_to_json(const CheckpointHeader& header) {
  return json{{"point", header.point},      {"seed", header.seed},       {"fold", header.fold},
              {"crops", header.crops},      {"combine", header.combine}, {"class_share", header.class_share},
              {"identity", header.identity}}
      .dump();
}

void read_trial(const std::string& text, const std::string& file, CheckpointHeader& header) {
  const auto parsed = json::parse(text);
  parsed.at("point").get_to(header.point);
  parsed.at("seed").get_to(header.seed);
  parsed.at("fold").get_to(header.fold);
  parsed.at("crops").get_to(header.crops);
  parsed.at("combine").get_to(header.combine);
  parsed.at("class_share").get_to(header.class_share);
  header.identity = parsed.value("identity", "");
  if (header.class_share.size() != header.class_ids.size())
    throw InputError(file + ": its header has the shares of " + std::to_string(header.class_share.size()) +
                     " classes; expected " + std::to_string(header.class_ids.size()));
  for (const double share : header.class_share)
    if (!(share >= 0 && share <= 1))
      throw InputError(file + ": its header has a class of " + std::to_string(share) + " of the songs");
  if (header.crops < 1 || header.crops > 1024)
    throw InputError(file + ": its header says " + std::to_string(header.crops) + " crops; expected 1 to 1024");
  if (header.combine != "mean" && header.combine != "geometric")
    throw InputError(file + ": its header combines crops by '" + header.combine + "'; expected mean or geometric");
}

void require_sound_classes(const std::vector<std::string>& ids, const std::string& file) {
  if (ids.empty()) throw InputError(file + ": its header names no class");
  const std::set<std::string> distinct(ids.begin(), ids.end());
  if (distinct.size() < ids.size()) throw InputError(file + ": its header names a class twice");
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
    require_sound_classes(header.class_ids, path.string());
    header.model_json = metadata.at("model");
    header.feature_json = metadata.at("features");
    if (!json::parse(header.feature_json).is_object())
      throw InputError(path.string() + ": damaged header: features is no object");
    header.precision = metadata.at("precision");
    header.input = input_from_json(metadata.at("input"), path.string());
    if (const auto trial = metadata.find("trial"); trial != metadata.end())
      read_trial(trial->second, path.string(), header);
    return header;
  } catch (const json::exception& error) {
    throw InputError(path.string() + ": damaged header: " + error.what());
  } catch (const std::out_of_range&) {
    throw InputError(path.string() +
                     ": its header lacks one of backbone, class_ids, model, precision, features, input");
  }
}

}  // namespace

std::optional<CheckpointHeader> header_if_ours(const std::filesystem::path& path) {
  const formats::SafetensorsFile file(path);
  const auto format = file.metadata().find("format");
  if (format == file.metadata().end() || format->second != "foldwave") return {};
  return header_of(file, path);
}

bool is_of_other_classes(const std::filesystem::path& weights, const std::vector<std::string>& class_ids) {
  const std::optional<CheckpointHeader> header = header_if_ours(weights);
  return header && header->class_ids != class_ids;
}

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
                 {"precision", header.precision},
                 {"features", header.feature_json},
                 {"input", input_to_json(header.input)},
                 {"trial", trial_to_json(header)}});
}

std::shared_ptr<models::Network> read_network(const std::filesystem::path& path, const CheckpointHeader& header) {
  models::ModelConfig config;
  try {
    config = models::model_config_from_json(header.model_json);
  } catch (const InputError& error) {
    throw InputError(path.string() + ": " + error.what());
  }
  if (config.classes != static_cast<int>(header.class_ids.size()))
    throw InputError(path.string() + ": its network has " + std::to_string(config.classes) +
                     " classes, its header names " + std::to_string(header.class_ids.size()));
  std::shared_ptr<models::Network> network;
  try {
    network = models::make_network(config, 0);
  } catch (const c10::Error& error) {  // sizes that no memory holds
    throw InputError(path.string() + ": the network of its header cannot be made: " + first_line_of(error).what());
  } catch (const InputError& error) {
    throw InputError(path.string() + ": " + error.what());
  }
  const formats::SafetensorsFile file(path);
  verify(file, path);
  const auto tensors = models::state_dict(*network);
  read_tensors(file, path, "", tensors);
  for (const auto& [name, tensor] : tensors)
    if (!tensor.isfinite().all().item<bool>())
      throw InputError(path.string() + ": its tensor '" + name + "' holds numbers that are not finite");
  return network;
}

}  // namespace foldwave::training
