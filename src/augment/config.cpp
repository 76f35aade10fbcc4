// The sections [augment.NAME].
#include <algorithm>

#include "foldwave/augment/augment.h"
#include "foldwave/core/errors.h"

namespace foldwave::augment {
namespace {

Option parameter(const std::string& name, const std::string& default_value, const std::string& unit, double min,
                 double max, const std::string& help) {
  Option option;
  option.key = "augment.*." + name;
  option.default_value = default_value;
  option.help = help;
  option.kind = ValueKind::real;
  option.unit = unit;
  option.min = min;
  option.max = max;
  return option;
}

Option count(const std::string& name, const std::string& default_value, const std::string& unit, double min, double max,
             const std::string& help) {
  Option option = parameter(name, default_value, unit, min, max, help);
  option.kind = ValueKind::integer;
  return option;
}

AugmentConfig read_section(const Settings& settings, const std::string& name) {
  const std::string section = "augment." + name + ".";
  const auto real = [&](const char* key) { return settings.real(section + key); };
  const auto integer = [&](const char* key) { return static_cast<int>(settings.integer(section + key)); };
  AugmentConfig config;
  config.name = name;
  config.noise_probability = real("noise_probability");
  config.noise_min_snr_db = real("noise_min_snr_db");
  config.noise_max_snr_db = real("noise_max_snr_db");
  config.mask_probability = real("mask_probability");
  config.time_masks = integer("time_masks");
  config.time_mask_frames = integer("time_mask_frames");
  config.frequency_masks = integer("frequency_masks");
  config.frequency_mask_mels = integer("frequency_mask_mels");
  return config;
}

void require_order(const Settings& settings, const AugmentConfig& config) {
  if (config.noise_min_snr_db <= config.noise_max_snr_db) return;
  const std::string section = "augment." + config.name + ".";
  throw InputError(settings.where(section + "noise_min_snr_db") + " = " + settings.text(section + "noise_min_snr_db") +
                   " is above noise_max_snr_db = " + settings.text(section + "noise_max_snr_db"));
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  registry.add(
      parameter("noise_probability", "0", "", 0, 1, "share of the samples that get Gaussian noise on their waveform"));
  registry.add(parameter("noise_min_snr_db", "5", "dB", -100, 200, "lowest signal-to-noise ratio"));
  registry.add(parameter("noise_max_snr_db", "40", "dB", -100, 200, "highest signal-to-noise ratio"));
  registry.add(parameter("mask_probability", "1", "", 0, 1, "share of the samples that get SpecAugment's masks"));
  registry.add(count("time_masks", "0", "", 0, 100, "masks over all mel bins of some frames"));
  registry.add(count("time_mask_frames", "32", "frames", 0, 1e6, "greatest width of a time mask"));
  registry.add(count("frequency_masks", "0", "", 0, 100, "masks over all frames of some mel bins"));
  registry.add(count("frequency_mask_mels", "16", "mel bins", 0, 1e6, "greatest width of a frequency mask"));
}

AugmentConfig augment_config(const Settings& settings, const std::string& name) {
  const std::vector<std::string> names = settings.names("augment");
  const bool there = std::find(names.begin(), names.end(), name) != names.end();
  if (name == "none") {
    if (there)
      throw InputError(
          "[augment.none] is given, but 'none' is the name for no augmentation; another name was expected");
    return {};
  }
  if (!there) {
    std::string known = "'none'";
    for (const std::string& other : names) known += ", '" + other + "'";
    throw InputError("augmentation '" + name + "' has no section [augment." + name + "]; there are " + known);
  }
  const AugmentConfig config = read_section(settings, name);
  require_order(settings, config);
  return config;
}

}  // namespace foldwave::augment
