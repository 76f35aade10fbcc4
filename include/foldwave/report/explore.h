// The music as it is before anything is trained: PNG files of genres, durations and mel spectrograms.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/features/features.h"

namespace foldwave::report {

// The fold of each training row, from a run's folds.csv; -1 where the file does not say.
std::vector<int> read_folds(const std::filesystem::path& folds_csv, const catalog::Catalog& catalog);

// Of whole files, before the silence was trimmed.
struct Durations {
  std::vector<double> train_s, test_s;
};

struct Spectrogram {
  std::string song_id;
  std::string genre;   // empty where there is no label
  double begin_s = 0;  // silence in front that was trimmed
  int frames = 0;
  std::vector<float> db;  // [frames, n_mels] re the track's maximum
};

// Each writes one file into `directory` and returns its path; a song's file is named after its id, made safe. All but
// the last are drawn by gnuplot: SystemError where there is none.
std::filesystem::path draw_genres(const catalog::Catalog& catalog, const std::vector<int>& fold,
                                  const std::filesystem::path& directory);  // genre_distribution.png; fold: or empty
std::filesystem::path draw_durations(const Durations& durations,
                                     const std::filesystem::path& directory);  // durations.png
std::filesystem::path draw_spectrogram(const Spectrogram& spectrogram, const features::FeatureConfig& features,
                                       const std::filesystem::path& directory);  // spectrogram-<song>.png
// <song>.png, the bare picture: a pixel is a mel bin of a frame, low frequencies at the bottom.
std::filesystem::path write_spectrogram_image(const Spectrogram& spectrogram, const features::FeatureConfig& features,
                                              const std::filesystem::path& directory);

}  // namespace foldwave::report
