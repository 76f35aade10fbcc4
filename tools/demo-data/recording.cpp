#include "recording.h"

#include <algorithm>
#include <cmath>

namespace demo {

Recording draw_recording(double nominal_seconds, std::uint64_t seed, std::uint64_t clip_number) {
  Random random(seed, Stream::kRecording, clip_number);
  Recording recording;
  const double rate = random.uniform();
  recording.sample_rate = rate < 0.5 ? 44100 : rate < 0.75 ? 48000 : 22050;
  recording.channels = random.chance(0.65) ? 2 : 1;
  recording.container = random.chance(0.7) ? Container::kOggVorbis : Container::kFlac;
  recording.vorbis_quality = random.uniform({0.2, 0.6});
  recording.lead_s = random.uniform({0, 0.1 * nominal_seconds});
  recording.tail_s = random.uniform({0, 0.1 * nominal_seconds});
  recording.music_s = nominal_seconds * random.uniform({0.95, 1.05}) - recording.lead_s - recording.tail_s;
  recording.peak = std::pow(10, random.uniform({-12, -0.5}) / 20);
  // Below what trimming at 60 dB takes for sound.
  recording.noise = random.chance(0.5) ? recording.peak * std::pow(10, random.uniform({-96, -84}) / 20) : 0;
  return recording;
}

std::vector<float> record(const Sound& music, const Recording& recording, Random& random) {
  const auto lead = static_cast<std::size_t>(recording.lead_s * recording.sample_rate);
  const auto tail = static_cast<std::size_t>(recording.tail_s * recording.sample_rate);
  const auto channels = static_cast<std::size_t>(recording.channels);
  const std::size_t frames = music.left.size();
  std::vector<float> samples((lead + frames + tail) * channels, 0.0F);
  const auto fade =
      std::min(frames, static_cast<std::size_t>(0.02 * recording.sample_rate));  // no click where the clip is cut
  float loudest = 1e-6F;
  for (std::size_t i = 0; i < frames; ++i) {
    const float gain = static_cast<float>(std::min({i, frames - 1 - i, fade})) / static_cast<float>(fade);
    float* frame = &samples[(lead + i) * channels];
    if (channels == 2) {
      frame[0] = gain * music.left[i];
      frame[1] = gain * music.right[i];
    } else {
      frame[0] = gain * 0.5F * (music.left[i] + music.right[i]);
    }
    for (std::size_t c = 0; c < channels; ++c) loudest = std::max(loudest, std::abs(frame[c]));
  }
  const float scale = static_cast<float>(recording.peak) / loudest;
  const auto noise = static_cast<float>(recording.noise);
  for (float& sample : samples) sample = scale * sample + (noise > 0 ? noise * random.noise() : 0);
  return samples;
}

}  // namespace demo
