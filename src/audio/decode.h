// Reading a music file: its samples at its own rate, mixed down to mono.
#pragma once

#include <filesystem>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {

// At most the first `max_seconds` (0: all). Never empty, every sample a usable number. Throws UnusableAudio.
Waveform decode(const std::filesystem::path& path, double max_seconds);

}  // namespace foldwave::audio
