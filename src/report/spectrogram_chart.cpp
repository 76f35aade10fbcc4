#include "report/spectrogram_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/colour_map.h"
#include "report/heading.h"
#include "report/mel_axis.h"

namespace foldwave::report {
namespace {

using features::FeatureConfig;

// What gnuplot draws: row by row from the bottom. A long track's frames are averaged, so many to a column; a single one
// fills two, the least that gnuplot takes for an image.
struct Raster {
  int columns = 0;
  double frames_a_column = 1;
  std::vector<float> db;  // [n_mels, columns]
};

Raster raster_of(const Spectrogram& spectrogram, int n_mels, int widest) {
  const int frames = spectrogram.frames, together = std::max(1, (frames + widest - 1) / widest);
  const int twice = frames == 1 ? 2 : 1;
  Raster raster{(frames + together - 1) / together * twice, static_cast<double>(together) / twice, {}};
  for (int mel = 0; mel < n_mels; ++mel)
    for (int begin = 0; begin < frames; begin += together) {
      const int end = std::min(begin + together, frames);
      float sum = 0;
      for (int frame = begin; frame < end; ++frame) sum += spectrogram.db[static_cast<size_t>(frame) * n_mels + mel];
      raster.db.insert(raster.db.end(), static_cast<size_t>(twice), sum / static_cast<float>(end - begin));
    }
  return raster;
}

std::string palette(int colours) {
  std::string text;
  for (size_t i = 0; i < magma.size(); ++i) text += fmt::format("{}{} '#{:06x}'", i ? ", " : "", i, magma[i]);
  return fmt::format("set palette maxcolors {} defined ({})\n", colours, text);
}

std::string frequency_ticks(const FeatureConfig& features, double closest_bins) {
  std::string text;
  double last = -1e9;
  for (const MelTick& tick : mel_ticks(features)) {
    if (tick.bin - last < closest_bins) continue;
    last = tick.bin;
    text += fmt::format("{}'{}' {:.4f}", text.empty() ? "" : ", ", tick.hz, tick.bin);
  }
  return "set ytics (" + text + ")\n";
}

std::string time_title(double begin_s) {
  return begin_s < 0.005 ? "time (s)" : fmt::format("time (s), after {:.2f} s of silence", begin_s);
}

}  // namespace

Chart chart_of(const Spectrogram& spectrogram, const FeatureConfig& features, const SpectrogramLayout& layout) {
  Raster raster = raster_of(spectrogram, features.n_mels, layout.most_columns);
  const double frame_s = static_cast<double>(features.hop_length) / features.sample_rate;
  const double column_s = frame_s * raster.frames_a_column;
  Chart chart{.id = "spectrogram",
              .description = "",
              .width = layout.width,
              .height = layout.height,
              .data = {},
              .commands = ""};
  const double left = layout.left, right = layout.width - layout.right, top = layout.top,
               bottom = layout.height - layout.bottom;
  chart.commands = margins(chart, left, right, top, bottom) + palette(layout.colours) +
                   frequency_ticks(features, 15 * features.n_mels / (bottom - top));
  // A frame is about the middle of its window, so the first begins half a hop before 0.
  chart.commands += fmt::format("set xrange [{0}:{1}]\nset yrange [-0.5:{2}]\nset cbrange [{3}:0]\n", -frame_s / 2,
                                raster.columns * column_s - frame_s / 2, features.n_mels - 0.5, -features.top_db);
  chart.commands += fmt::format("set colorbox user origin screen {:.5f},{:.5f} size screen {:.5f},{:.5f} noborder\n",
                                (right + 20) / chart.width, 1 - bottom / chart.height, 16.0 / chart.width,
                                (bottom - top) / chart.height);
  chart.commands += fmt::format(
      "set xlabel '{}' tc rgb muted\nset ylabel 'frequency (Hz){}' tc rgb muted\n", time_title(spectrogram.begin_s),
      layout.scale_named ? features.htk ? ", HTK''s mel scale" : ", Slaney''s mel scale" : "");
  chart.commands += fmt::format(R"(
set tics nomirror out scale 0.6
set xtics tc rgb muted
set ytics tc rgb muted
set cbtics 20 scale 0 tc rgb muted format '%g dB'
unset key
plot '<&3' binary array=({},{}) format='%float' dx={} dy=1 origin=({},0) with image
)",
                                raster.columns, features.n_mels, column_s, (column_s - frame_s) / 2);
  chart.matrix = std::move(raster.db);
  return chart;
}

}  // namespace foldwave::report
