#include <algorithm>
#include <cmath>

#include "batches/descriptors.h"
#include "batches/sample_positions.h"
#include "batches/summary_reader.h"
#include "foldwave/batches/batches.h"
#include "foldwave/core/errors.h"

namespace foldwave::batches {
namespace {

// Sums of each column's distance from its first value: exactly 0 for a column that is constant.
class ColumnMoments {
 public:
  explicit ColumnMoments(size_t columns) : shift_(columns), sum_(columns, 0), squares_(columns, 0) {}

  void add(std::span<const float> row) {
    if (rows_++ == 0) std::copy(row.begin(), row.end(), shift_.begin());
    double *sum = sum_.data(), *squares = squares_.data();
    const float *shift = shift_.data(), *value = row.data();
    for (size_t i = 0; i < shift_.size(); ++i) {
      const double distance = static_cast<double>(value[i]) - static_cast<double>(shift[i]);
      sum[i] += distance;
      squares[i] += distance * distance;
    }
  }

  Normalisation normalisation() const {
    Normalisation result{std::vector<float>(shift_.size()), std::vector<float>(shift_.size())};
    for (size_t i = 0; i < shift_.size(); ++i) {
      const double mean = sum_[i] / static_cast<double>(rows_),
                   variance = squares_[i] / static_cast<double>(rows_) - mean * mean;
      const auto deviation = static_cast<float>(std::sqrt(std::max(0.0, variance)));
      result.mean[i] = static_cast<float>(shift_[i] + mean);
      result.std[i] = deviation > 0 ? deviation : 1;
    }
    return result;
  }

 private:
  std::vector<float> shift_;
  std::vector<double> sum_, squares_;
  int64_t rows_ = 0;
};

Normalisation of_mel(const store::FeatureStore& store, const std::vector<int>& tracks) {
  constexpr int chunk_frames = 512;
  const auto n_mels = static_cast<size_t>(store.features().n_mels);
  ColumnMoments moments(n_mels);
  std::vector<float> buffer(chunk_frames * n_mels);
  for (const int track : tracks) {
    for (int first = 0; first < store.frames(track); first += chunk_frames) {
      const auto frames = static_cast<size_t>(std::min(chunk_frames, store.frames(track) - first));
      const std::span<float> chunk = std::span(buffer).first(frames * n_mels);
      store.read_mel_db(track, first, chunk);
      for (size_t frame = 0; frame < frames; ++frame) moments.add(chunk.subspan(frame * n_mels, n_mels));
    }
  }
  return moments.normalisation();
}

}  // namespace

Summaries read_summaries(const store::FeatureStore& store, const std::vector<int>& tracks, const InputConfig& input) {
  Summaries summaries;
  const auto columns = static_cast<size_t>(input_columns(store, input));
  SummaryReader read(store, input);
  for (size_t song = 0; song < tracks.size(); ++song) {
    const int track = tracks[song], samples = sample_count(store, input, track, 1);
    for (int sample = 0; sample < samples; ++sample) {
      summaries.song.push_back(static_cast<int>(song));
      summaries.x.resize(summaries.x.size() + columns);
      read(track, sample_position(store, input, track, sample, samples), std::span(summaries.x).last(columns));
    }
  }
  return summaries;
}

Normalisation fit_normalisation(const store::FeatureStore& store, const Summaries& summaries, const InputConfig& input,
                                Scaling scaling) {
  const auto columns = static_cast<size_t>(input_columns(store, input));
  ColumnMoments moments(columns);
  for (size_t row = 0; row < summaries.song.size(); ++row)
    moments.add(std::span(summaries.x).subspan(row * columns, columns));
  Normalisation result = moments.normalisation();
  if (scaling == Scaling::standard) return result;
  const std::vector<float> weights = descriptor_weights(store, input);
  for (size_t i = 0; i < weights.size(); ++i) result.std[i] /= weights[i];
  return result;
}

Normalisation fit_normalisation(const store::FeatureStore& store, const std::vector<int>& tracks,
                                const InputConfig& input, Scaling scaling) {
  if (tracks.empty()) throw InputError("there is no usable song to fit the input's mean and deviation on");
  if (input.kind == InputKind::mel) return of_mel(store, tracks);
  return fit_normalisation(store, read_summaries(store, tracks, input), input, scaling);
}

}  // namespace foldwave::batches
