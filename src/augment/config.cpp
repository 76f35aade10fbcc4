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

Option probability(const std::string& name, const std::string& default_value, const std::string& what) {
  return parameter(name, default_value, "", 0, 1, "share of the samples that " + what);
}

Option count(const std::string& name, const std::string& default_value, const std::string& unit, double min, double max,
             const std::string& help) {
  Option option = parameter(name, default_value, unit, min, max, help);
  option.kind = ValueKind::integer;
  return option;
}

Option choice(const std::string& name, const std::vector<std::string>& choices, const std::string& help) {
  Option option;
  option.key = "augment.*." + name;
  option.default_value = choices.front();
  option.help = help;
  option.choices = choices;
  return option;
}

Option flag(const std::string& name, const std::string& default_value, const std::string& help) {
  Option option;
  option.key = "augment.*." + name;
  option.default_value = default_value;
  option.help = help;
  option.kind = ValueKind::flag;
  return option;
}

AugmentConfig read_section(const Settings& settings, const std::string& name) {
  const std::string section = "augment." + name + ".";
  const auto real = [&](const char* key) { return settings.real(section + key); };
  const auto integer = [&](const char* key) { return static_cast<int>(settings.integer(section + key)); };
  AugmentConfig config;
  config.name = name;
  config.stretch_probability = real("stretch_probability");
  config.stretch_min_rate = real("stretch_min_rate");
  config.stretch_max_rate = real("stretch_max_rate");
  config.pitch_probability = real("pitch_probability");
  config.pitch_min_semitones = real("pitch_min_semitones");
  config.pitch_max_semitones = real("pitch_max_semitones");
  config.gain_probability = real("gain_probability");
  config.gain_min_db = real("gain_min_db");
  config.gain_max_db = real("gain_max_db");
  config.noise_probability = real("noise_probability");
  config.noise_kind = settings.text(section + "noise_kind") == "snr" ? NoiseKind::snr : NoiseKind::amplitude;
  config.noise_min_snr_db = real("noise_min_snr_db");
  config.noise_max_snr_db = real("noise_max_snr_db");
  config.noise_min_amplitude = real("noise_min_amplitude");
  config.noise_max_amplitude = real("noise_max_amplitude");
  config.filter_probability = real("filter_probability");
  config.filter_kind = settings.text(section + "filter_kind") == "step" ? FilterKind::step : FilterKind::linear;
  config.filter_min_db = real("filter_min_db");
  config.filter_max_db = real("filter_max_db");
  config.filter_min_bands = integer("filter_min_bands");
  config.filter_max_bands = integer("filter_max_bands");
  config.filter_min_mels = integer("filter_min_mels");
  config.shift_probability = real("shift_probability");
  config.shift_min_share = real("shift_min_share");
  config.shift_max_share = real("shift_max_share");
  config.shift_rollover = settings.flag(section + "shift_rollover");
  config.resize_probability = real("resize_probability");
  config.resize_min_frames = real("resize_min_frames");
  config.resize_max_frames = real("resize_max_frames");
  config.resize_min_mels = real("resize_min_mels");
  config.resize_max_mels = real("resize_max_mels");
  config.mask_probability = real("mask_probability");
  config.time_masks = integer("time_masks");
  config.time_mask_frames = integer("time_mask_frames");
  config.frequency_masks = integer("frequency_masks");
  config.frequency_mask_mels = integer("frequency_mask_mels");
  config.mixup_probability = real("mixup_probability");
  config.mixup_alpha = real("mixup_alpha");
  return config;
}

void require_order(const Settings& settings, const std::string& name, const std::string& min, const std::string& max) {
  const std::string section = "augment." + name + ".";
  if (settings.real(section + min) <= settings.real(section + max)) return;
  const bool min_given = settings.given(section + min);  // the other may be a default, which the user never wrote
  const std::string &wrong = min_given ? min : max, &other = min_given ? max : min;
  throw InputError(settings.where(section + wrong) + " = " + settings.text(section + wrong) +
                   (min_given ? " is above " : " is below ") + other + " = " + settings.text(section + other));
}

void require_order(const Settings& settings, const std::string& name) {
  require_order(settings, name, "stretch_min_rate", "stretch_max_rate");
  require_order(settings, name, "pitch_min_semitones", "pitch_max_semitones");
  require_order(settings, name, "gain_min_db", "gain_max_db");
  require_order(settings, name, "noise_min_snr_db", "noise_max_snr_db");
  require_order(settings, name, "noise_min_amplitude", "noise_max_amplitude");
  require_order(settings, name, "filter_min_db", "filter_max_db");
  require_order(settings, name, "filter_min_bands", "filter_max_bands");
  require_order(settings, name, "shift_min_share", "shift_max_share");
  require_order(settings, name, "resize_min_frames", "resize_max_frames");
  require_order(settings, name, "resize_min_mels", "resize_max_mels");
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  registry.add(probability("stretch_probability", "0", "are played faster or slower at the same pitch"));
  registry.add(parameter("stretch_min_rate", "0.8", "", 0.25, 4, "lowest speed; 2: twice as fast"));
  registry.add(parameter("stretch_max_rate", "1.25", "", 0.25, 4, "highest speed"));
  registry.add(probability("pitch_probability", "0", "are moved in pitch at the same speed"));
  registry.add(parameter("pitch_min_semitones", "-4", "semitones", -24, 24, "lowest shift in pitch"));
  registry.add(parameter("pitch_max_semitones", "4", "semitones", -24, 24, "highest shift in pitch"));
  registry.add(probability("gain_probability", "0", "are made louder or softer, before noise is added"));
  registry.add(parameter("gain_min_db", "-12", "dB", -100, 100, "lowest gain"));
  registry.add(parameter("gain_max_db", "12", "dB", -100, 100, "highest gain"));
  registry.add(probability("noise_probability", "0", "get Gaussian noise on their waveform"));
  registry.add(
      choice("noise_kind", {"snr", "amplitude"}, "whether the noise's level is relative to the sample's or absolute"));
  registry.add(parameter("noise_min_snr_db", "5", "dB", -100, 200, "lowest signal-to-noise ratio"));
  registry.add(parameter("noise_max_snr_db", "40", "dB", -100, 200, "highest signal-to-noise ratio"));
  registry.add(parameter("noise_min_amplitude", "0.001", "of full scale", 0, 1, "lowest RMS of the noise"));
  registry.add(parameter("noise_max_amplitude", "0.015", "of full scale", 0, 1, "highest RMS of the noise"));
  registry.add(probability("filter_probability", "0", "get a gain of its own in each of some random mel bands"));
  registry.add(choice("filter_kind", {"step", "linear"},
                      "whether the gain jumps between the bands or is drawn at their edges and joined by lines"));
  registry.add(parameter("filter_min_db", "-6", "dB", -100, 100, "lowest gain of a band"));
  registry.add(parameter("filter_max_db", "6", "dB", -100, 100, "highest gain of a band"));
  registry.add(count("filter_min_bands", "3", "", 1, 1000, "least number of bands"));
  registry.add(count("filter_max_bands", "6", "", 1, 1000, "greatest number of bands"));
  registry.add(count("filter_min_mels", "6", "mel bins", 0, 1e6, "least width of a band, where the bands leave room"));
  registry.add(probability("shift_probability", "0", "are moved in time within their crop"));
  registry.add(parameter("shift_min_share", "-0.5", "of the crop", -1, 1, "lowest shift; below 0: to the left"));
  registry.add(parameter("shift_max_share", "0.5", "of the crop", -1, 1, "highest shift"));
  registry.add(flag("shift_rollover", "true", "what is shifted out at one end comes back at the other; else silence"));
  registry.add(probability("resize_probability", "0", "are a part of their crop, resized to the whole"));
  registry.add(parameter("resize_min_frames", "0.6", "of the crop", 0, 1, "lowest share of the frames"));
  registry.add(parameter("resize_max_frames", "1", "of the crop", 0, 1, "highest share of the frames"));
  registry.add(parameter("resize_min_mels", "0.6", "of the mel bins", 0, 1, "lowest share of the mel bins"));
  registry.add(parameter("resize_max_mels", "1", "of the mel bins", 0, 1, "highest share of the mel bins"));
  registry.add(probability("mask_probability", "1", "get SpecAugment's masks"));
  registry.add(count("time_masks", "0", "", 0, 100, "masks over all mel bins of some frames"));
  registry.add(count("time_mask_frames", "32", "frames", 0, 1e6, "greatest width of a time mask"));
  registry.add(count("frequency_masks", "0", "", 0, 100, "masks over all frames of some mel bins"));
  registry.add(count("frequency_mask_mels", "16", "mel bins", 0, 1e6, "greatest width of a frequency mask"));
  registry.add(probability("mixup_probability", "0", "are blended with another training sample, and their labels"));
  registry.add(parameter("mixup_alpha", "0.2", "", 0.01, 1000, "of the Beta(alpha, alpha) that the shares come from"));
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
  require_order(settings, name);
  return read_section(settings, name);
}

}  // namespace foldwave::augment
