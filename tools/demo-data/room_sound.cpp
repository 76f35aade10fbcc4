#include "room_sound.h"

#include <array>
#include <cmath>

namespace demo {
namespace {

constexpr std::array<double, 4> kCombSeconds = {0.0297, 0.0371, 0.0411, 0.0437};
constexpr std::array<double, 2> kAllPassSeconds = {0.0050, 0.0017};
constexpr float kAllPassGain = 0.7F;

class DelayLine {
 public:
  explicit DelayLine(double samples) : line_(static_cast<std::size_t>(samples)) {}
  float oldest() const { return line_[at_]; }
  void push(float value) {
    line_[at_] = value;
    if (++at_ == line_.size()) at_ = 0;
  }

 private:
  std::vector<float> line_;
  std::size_t at_ = 0;
};

// `spread` makes the two channels differ.
void reverberate(std::vector<float>& channel, int sample_rate, double share, double spread) {
  std::vector<DelayLine> combs;
  combs.reserve(kCombSeconds.size());
  std::array<float, kCombSeconds.size()> gains{};
  std::array<float, kCombSeconds.size()> damped{};
  const double ring_s = 0.5 + 2 * share;
  for (std::size_t i = 0; i < kCombSeconds.size(); ++i) {
    combs.emplace_back(kCombSeconds[i] * spread * sample_rate);
    gains[i] = static_cast<float>(std::pow(0.001, kCombSeconds[i] / ring_s));
  }
  std::vector<DelayLine> all_passes;
  all_passes.reserve(kAllPassSeconds.size());
  for (const double seconds : kAllPassSeconds) all_passes.emplace_back(seconds * sample_rate);
  const auto wet = static_cast<float>(share * 0.5);
  for (float& sample : channel) {
    float sum = 0;
    for (std::size_t i = 0; i < combs.size(); ++i) {
      const float echo = combs[i].oldest();
      damped[i] += 0.6F * (echo - damped[i]);
      combs[i].push(sample + gains[i] * damped[i]);
      sum += echo;
    }
    for (DelayLine& line : all_passes) {
      const float delayed = line.oldest();
      const float into = sum + kAllPassGain * delayed;
      line.push(into);
      sum = delayed - kAllPassGain * into;
    }
    sample = static_cast<float>(1 - share * 0.5) * sample + wet * sum;
  }
}

}  // namespace

void add_reverb(Sound& sound, double share) {
  reverberate(sound.left, sound.sample_rate, share, 1);
  reverberate(sound.right, sound.sample_rate, share, 1.03);
}

}  // namespace demo
