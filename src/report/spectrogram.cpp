#include <fmt/format.h>

#include "foldwave/report/explore.h"
#include "report/file_name.h"
#include "report/heading.h"
#include "report/spectrogram_chart.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using features::FeatureConfig;

std::string title_of(const Spectrogram& spectrogram) {
  const std::string song = "Song " + shortened(spectrogram.song_id, 40);
  return spectrogram.genre.empty() ? song : song + " · " + shortened(spectrogram.genre, 24);
}

std::string line_beneath(const Spectrogram& spectrogram, const FeatureConfig& features) {
  const double seconds = static_cast<double>(spectrogram.frames) * features.hop_length / features.sample_rate;
  return fmt::format("Mel spectrogram, {} bins, {}; dB re the track's maximum", features.n_mels, duration(seconds));
}

}  // namespace

std::filesystem::path draw_spectrogram(const Spectrogram& spectrogram, const FeatureConfig& features,
                                       const std::filesystem::path& directory) {
  const auto path = directory / ("spectrogram-" + file_name_of(spectrogram.song_id) + ".png");
  draw_png(headed(chart_of(spectrogram, features, {.top = heading_height}), title_of(spectrogram),
                  line_beneath(spectrogram, features)),
           path);
  return path;
}

}  // namespace foldwave::report
