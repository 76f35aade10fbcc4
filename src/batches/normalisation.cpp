#include <algorithm>
#include <cmath>

#include "batches/sample.h"
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

Normalisation of_summaries(const store::FeatureStore& store, const std::vector<int>& tracks, InputKind kind) {
  std::vector<float> row(static_cast<size_t>(input_columns(store, kind)));
  ColumnMoments moments(row.size());
  for (const int track : tracks) {
    read_summary(store, kind, track, row);
    moments.add(row);
  }
  return moments.normalisation();
}

}  // namespace

Normalisation fit_normalisation(const store::FeatureStore& store, const std::vector<int>& tracks, InputKind kind) {
  if (tracks.empty()) throw InputError("there is no usable song to fit the input's mean and deviation on");
  return kind == InputKind::mel ? of_mel(store, tracks) : of_summaries(store, tracks, kind);
}

}  // namespace foldwave::batches
