// soxr HQ from one rate to another, fed block by block: the same samples as in one piece, and nothing allocated.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct soxr;

namespace foldwave::audio {

class Resampler {
 public:
  Resampler(double from_rate, double to_rate);  // Hz

  void begin();  // a new signal
  void append(std::span<const float> mono, std::vector<float>& out);
  void finish(std::vector<float>& out);  // to the length of librosa.resample: ceil(samples * to / from)

 private:
  void keep(size_t made, std::vector<float>& out);  // of block_

  struct Delete {
    void operator()(soxr* resampler) const;
  };
  std::unique_ptr<soxr, Delete> soxr_;
  double ratio_;       // to / from
  int64_t taken_ = 0;  // of the signal
  int64_t made_ = 0;   // samples
  std::vector<float> block_;
};

}  // namespace foldwave::audio
