#include <limits>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {

void declare_options(OptionRegistry& registry) {
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  registry.add({.key = "features.sample_rate",
                .default_value = "22050",
                .help = "rate that every file is resampled to",
                .kind = ValueKind::integer,
                .unit = "Hz",
                .min = 4000,
                .max = 192000});
  registry.add({.key = "features.offset_seconds",
                .default_value = "0",
                .help = "how much of each file is passed over at its start",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0,
                .max = kUnbounded});
  registry.add({.key = "features.max_seconds",
                .default_value = "0",
                .help = "how much of each file is read from there; 0: all",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0,
                .max = kUnbounded});
  registry.add({.key = "features.file_timeout_s",
                .default_value = "120",
                .help = "a file that is not decoded by then is left out as unusable",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0.1,
                .max = 86400,
                .effect = Effect::layout});
  registry.add({.key = "features.trim_db",
                .default_value = "60",
                .help = "silence at both ends is cut: frames this far below the loudest one",
                .kind = ValueKind::real,
                .unit = "dB",
                .min = 1,
                .max = 300});
  registry.usual({"features.sample_rate", "features.max_seconds"});
}

AudioConfig audio_config(const Settings& settings) {
  AudioConfig config;
  config.sample_rate = static_cast<int>(settings.integer("features.sample_rate"));
  config.offset_s = settings.real("features.offset_seconds");
  config.max_seconds = settings.real("features.max_seconds");
  config.file_timeout_s = settings.real("features.file_timeout_s");
  config.trim_db = settings.real("features.trim_db");
  return config;
}

}  // namespace foldwave::audio
