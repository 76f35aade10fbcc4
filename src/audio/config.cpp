#include <limits>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {

void declare_options(OptionRegistry& registry) {
  using enum ValueKind;
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  registry.add(
      {"features.sample_rate", "22050", "rate that every file is resampled to", integer, "Hz", 4000, 192000, {}});
  registry.add({"features.max_seconds",
                "0",
                "how much of each file is read, from its start; 0: all",
                real,
                "s",
                0,
                kUnbounded,
                {}});
  registry.add({"features.trim_db",
                "60",
                "silence at both ends is cut: frames this far below the loudest one",
                real,
                "dB",
                1,
                300,
                {}});
}

AudioConfig audio_config(const Settings& settings) {
  AudioConfig config;
  config.sample_rate = static_cast<int>(settings.integer("features.sample_rate"));
  config.max_seconds = settings.real("features.max_seconds");
  config.trim_db = settings.real("features.trim_db");
  return config;
}

}  // namespace foldwave::audio
