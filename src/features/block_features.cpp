#include "foldwave/features/block_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "features/fftw.h"

namespace foldwave::features {
namespace {

// Lengths in frames, of 23 ms at the default hop.
struct BlockSize {
  size_t length, hop;
};
constexpr BlockSize spectral_blocks{10, 5}, delta_blocks{25, 5}, correlation_blocks{256, 128},
    fluctuation_blocks{256, 64};
constexpr size_t delta_lag = 3;
// Where in a band's sorted block values are taken: for the delta, from its louder half.
constexpr std::array spectral_ranks{0.0 / 9, 2.0 / 9, 4.0 / 9, 6.0 / 9, 8.0 / 9};
constexpr std::array delta_ranks{12.0 / 24, 16.0 / 24, 20.0 / 24, 24.0 / 24};
// Modulation frequencies, in bins of the transform of a whole block: 0.17 Hz each at the default hop.
constexpr std::array<size_t, 12> modulation_edges{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
constexpr size_t modulations = modulation_edges.size() - 1;
constexpr double least_modulation = 1e-2;  // dB: below it is silence

size_t band_count(int n_mels) { return static_cast<size_t>(std::min(32, n_mels)); }

// One row a band.
struct Bands {
  size_t count, frames;
  std::vector<float> values;  // [count, frames]

  std::span<const float> row(size_t band) const { return std::span(values).subspan(band * frames, frames); }
};

// Neighbouring mels averaged, in dB.
Bands bands_of(std::span<const float> db, size_t n_mels) {
  const size_t count = band_count(static_cast<int>(n_mels));
  Bands bands{count, db.size() / n_mels, {}};
  bands.values.resize(count * bands.frames);
  for (size_t band = 0; band < count; ++band) {
    const size_t first = band * n_mels / count, last = (band + 1) * n_mels / count;
    for (size_t frame = 0; frame < bands.frames; ++frame) {
      float sum = 0;
      for (size_t mel = first; mel < last; ++mel) sum += db[frame * n_mels + mel];
      bands.values[band * bands.frames + frame] = sum / static_cast<float>(last - first);
    }
  }
  return bands;
}

// By how much each band rises within delta_lag frames; 0 where it falls.
Bands rises_of(const Bands& bands) {
  const size_t frames = bands.frames > delta_lag ? bands.frames - delta_lag : 1;
  Bands rises{bands.count, frames, std::vector<float>(bands.count * frames, 0)};
  if (bands.frames <= delta_lag) return rises;
  for (size_t band = 0; band < bands.count; ++band) {
    const auto level = bands.row(band);
    for (size_t frame = 0; frame < frames; ++frame)
      rises.values[band * frames + frame] = std::max(0.0F, level[frame + delta_lag] - level[frame]);
  }
  return rises;
}

size_t block_count(size_t frames, BlockSize size) {
  return frames <= size.length ? 1 : (frames - size.length) / size.hop + 1;
}

// visit(first, length) of the frames [first, first + length) of each block.
template <class Visit>
void for_each_block(size_t frames, BlockSize size, Visit&& visit) {
  const size_t length = std::min(size.length, frames);
  for (size_t block = 0; block < block_count(frames, size); ++block) visit(block * size.hop, length);
}

// As numpy.quantile.
float quantile(std::vector<float>& values, double q) {
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(position);
  const float fraction = static_cast<float>(position - static_cast<double>(below));
  const float low = values[below], high = values[std::min(below + 1, values.size() - 1)];
  return low + fraction * (high - low);
}

// `describe` appends the values of one block's frames [first, first + length) of every band; of each value, its
// quantile over the blocks is kept.
template <class Describe>
void append_quantiles(const Bands& bands, BlockSize size, double q, std::vector<float>& out, Describe&& describe) {
  std::vector<float> rows;
  for_each_block(bands.frames, size, [&](size_t first, size_t length) { describe(first, length, rows); });
  const size_t blocks = block_count(bands.frames, size), columns = rows.size() / blocks;
  std::vector<float> column(blocks);
  for (size_t i = 0; i < columns; ++i) {
    for (size_t block = 0; block < blocks; ++block) column[block] = rows[block * columns + i];
    out.push_back(quantile(column, q));
  }
}

template <size_t n>
void append_sorted(const Bands& bands, BlockSize size, const std::array<double, n>& ranks, std::vector<float>& out) {
  std::vector<float> sorted;
  append_quantiles(bands, size, 0.9, out, [&](size_t first, size_t length, std::vector<float>& row) {
    for (size_t band = 0; band < bands.count; ++band) {
      const auto values = bands.row(band).subspan(first, length);
      sorted.assign(values.begin(), values.end());
      std::sort(sorted.begin(), sorted.end());
      for (const double rank : ranks)
        row.push_back(sorted[static_cast<size_t>(std::lround(rank * static_cast<double>(length - 1)))]);
    }
  });
}

double mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double squares_about(double mean, std::span<const float> values) {
  double squares = 0;
  for (const float value : values) squares += (value - mean) * (value - mean);
  return squares;
}

void append_variances(const Bands& rises, std::vector<float>& out) {
  append_quantiles(rises, delta_blocks, 0.9, out, [&](size_t first, size_t length, std::vector<float>& row) {
    for (size_t band = 0; band < rises.count; ++band) {
      const auto values = rises.row(band).subspan(first, length);
      row.push_back(static_cast<float>(squares_about(mean_of(values), values) / static_cast<double>(length)));
    }
  });
}

// Of each pair of bands; 0 with a band that does not move.
void append_correlations(const Bands& bands, std::vector<float>& out) {
  std::vector<float> unit(bands.values.size());
  append_quantiles(bands, correlation_blocks, 0.5, out, [&](size_t first, size_t length, std::vector<float>& row) {
    for (size_t band = 0; band < bands.count; ++band) {
      const auto values = bands.row(band).subspan(first, length);
      const double mean = mean_of(values), squares = squares_about(mean, values);
      const double scale = squares > 1e-6 ? 1 / std::sqrt(squares) : 0;
      for (size_t i = 0; i < length; ++i) unit[band * length + i] = static_cast<float>((values[i] - mean) * scale);
      for (size_t other = 0; other < band; ++other) {
        float product = 0;
        for (size_t i = 0; i < length; ++i) product += unit[band * length + i] * unit[other * length + i];
        row.push_back(product);
      }
    }
  });
}

std::vector<double> symmetric_hann(size_t length) {
  std::vector<double> window(length);
  for (size_t i = 0; i < length; ++i) {
    const double turn = length > 1 ? static_cast<double>(i) / static_cast<double>(length - 1) : 0.5;
    window[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
  return window;
}

// How strongly each band's level swings at each modulation frequency: log of the mean magnitude over the blocks.
void append_fluctuations(const Bands& bands, std::vector<float>& out) {
  RealFft fft(static_cast<int>(fluctuation_blocks.length));
  const std::vector<double> window = symmetric_hann(std::min(fluctuation_blocks.length, bands.frames));
  std::vector<double> sums(bands.count * modulations, 0);
  for_each_block(bands.frames, fluctuation_blocks, [&](size_t first, size_t length) {
    for (size_t band = 0; band < bands.count; ++band) {
      const auto values = bands.row(band).subspan(first, length);
      const double mean = mean_of(values);
      std::fill(fft.signal().begin(), fft.signal().end(), 0);
      for (size_t i = 0; i < length; ++i) fft.signal()[i] = (values[i] - mean) * window[i];
      fft.forward();
      for (size_t k = 0; k < modulations; ++k) {
        double magnitude = 0;
        for (size_t bin = modulation_edges[k]; bin < modulation_edges[k + 1]; ++bin)
          magnitude += std::abs(fft.spectrum()[bin]);
        sums[band * modulations + k] += magnitude / static_cast<double>(modulation_edges[k + 1] - modulation_edges[k]);
      }
    }
  });
  const auto scale = static_cast<double>(fluctuation_blocks.length * block_count(bands.frames, fluctuation_blocks));
  for (const double sum : sums) out.push_back(static_cast<float>(std::log(sum / scale + least_modulation)));
}

// One feature of all, in their order.
struct Part {
  const char* feature;
  size_t values;
  const char* statistic;  // how they are taken over the blocks
};
std::array<Part, 5> parts_of(int n_mels) {
  const size_t bands = band_count(n_mels);
  return {{{"spectral_pattern", bands * spectral_ranks.size(), "p90"},
           {"delta_pattern", bands * delta_ranks.size(), "p90"},
           {"delta_variance", bands, "p90"},
           {"correlation_pattern", bands * (bands - 1) / 2, "p50"},
           {"fluctuation_pattern", bands * modulations, "mean"}}};
}

}  // namespace

int block_feature_count(int n_mels) {
  size_t count = 0;
  for (const Part& part : parts_of(n_mels)) count += part.values;
  return static_cast<int>(count);
}

std::vector<std::string> block_feature_names(int n_mels) {
  std::vector<std::string> names;
  for (const Part& part : parts_of(n_mels))
    for (size_t i = 0; i < part.values; ++i)
      names.push_back(fmt::format("{}_{:03}_{}", part.feature, i, part.statistic));
  return names;
}

std::vector<float> block_features(std::span<const float> db, int n_mels) {
  const Bands bands = bands_of(db, static_cast<size_t>(n_mels)), rises = rises_of(bands);
  std::vector<float> features;
  append_sorted(bands, spectral_blocks, spectral_ranks, features);
  append_sorted(rises, delta_blocks, delta_ranks, features);
  append_variances(rises, features);
  append_correlations(bands, features);
  append_fluctuations(bands, features);
  return features;
}

}  // namespace foldwave::features
