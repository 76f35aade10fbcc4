#include "voices.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

constexpr std::size_t kControlSamples = 32;  // vibrato moves in steps of this

// Frequency of a note with vibrato, as turns a sample.
class Pitch {
 public:
  Pitch(const Patch& patch, double hz, int sample_rate, double vibrato_turns)
      : step_(hz / sample_rate),
        depth_(patch.vibrato_semitones / 12.0 * std::numbers::ln2),
        turns_(vibrato_turns),
        turns_a_control_(patch.vibrato_hz * kControlSamples / sample_rate),
        now_(step_) {}

  double turns_at(std::size_t sample) {
    if (depth_ > 0 && sample % kControlSamples == 0) {
      now_ = step_ * (1 + depth_ * table_sine(turns_));
      turns_ += turns_a_control_;
    }
    return now_;
  }

 private:
  double step_;
  double depth_;
  double turns_;
  double turns_a_control_;
  double now_;
};

// Per-sample factor of an exponential with this time constant.
float fade_factor(float seconds, int sample_rate) {
  return std::exp(-1.0F / (seconds * static_cast<float>(sample_rate)));
}

// Attack, decay to the sustained level, release.
void shape(std::vector<float>& samples, const Patch& patch, double length_s, int sample_rate) {
  const auto rate = static_cast<float>(sample_rate);
  const auto attack = static_cast<std::size_t>(patch.attack_s * rate);
  const auto release_at = std::min(samples.size(), static_cast<std::size_t>(length_s * sample_rate));
  const float decay = fade_factor(patch.decay_s / 3, sample_rate);
  const float release = fade_factor(patch.release_s / 3, sample_rate);
  float level = 1;
  float fade = 1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i < attack) {
      samples[i] *= static_cast<float>(i) / static_cast<float>(attack);
    } else {
      level = patch.sustain + (level - patch.sustain) * decay;
      samples[i] *= level;
    }
    if (i >= release_at) {
      fade *= release;
      samples[i] *= fade;
    }
  }
}

}  // namespace

Instrument::Instrument(const Patch& patch, int sample_rate, double pan)
    : patch_(patch),
      sample_rate_(sample_rate),
      left_(static_cast<float>(std::sqrt(1 - pan))),
      right_(static_cast<float>(std::sqrt(pan))),
      wavetable_(patch, sample_rate) {}

std::vector<float> Instrument::additive(double hz, std::size_t samples, Random& random) {
  const Wavetable::Period& period = wavetable_.period(hz);
  Pitch pitch(patch_, hz, sample_rate_, random.uniform());
  const float darken = fade_factor(patch_.brightness_decay_s, sample_rate_);
  std::vector<float> out(samples);
  float brightness = 1;
  double turns = random.uniform();
  for (std::size_t i = 0; i < samples; ++i) {
    const double place = turns * Wavetable::kSize;
    const auto at = static_cast<std::size_t>(place);
    const auto fraction = static_cast<float>(place - static_cast<double>(at));
    const float bright = period.bright[at] + fraction * (period.bright[at + 1] - period.bright[at]);
    const float dark = period.dark[at] + fraction * (period.dark[at + 1] - period.dark[at]);
    out[i] = dark + brightness * (bright - dark);
    brightness *= darken;
    turns += pitch.turns_at(i);
    if (turns >= 1) turns -= 1;
  }
  return out;
}

// Chowning 1973: a sine whose phase is moved by another sine; the depth fades with the note.
std::vector<float> Instrument::frequency_modulation(double hz, std::size_t samples, Random& random) const {
  Pitch pitch(patch_, hz, sample_rate_, random.uniform());
  // A modulator near the Nyquist frequency would only fold back.
  const double index =
      patch_.index * std::clamp(0.2 * sample_rate_ / (hz * patch_.ratio), 0.0, 1.0) / (2 * std::numbers::pi);
  const float fade = fade_factor(patch_.decay_s / 2, sample_rate_);
  std::vector<float> out(samples);
  double carrier = 1;  // stays positive with the modulation added
  double modulator = 0;
  double depth = index;
  for (std::size_t i = 0; i < samples; ++i) {
    out[i] = 0.5F * table_sine(carrier + depth * table_sine(modulator));
    depth *= fade;
    const double step = pitch.turns_at(i);
    carrier += step;
    modulator += step * patch_.ratio;
  }
  return out;
}

// Karplus and Strong 1983: noise in a delay line, averaged at each turn.
std::vector<float> Instrument::plucked_string(double hz, std::size_t samples, Random& random) const {
  const double period = sample_rate_ / hz - 0.5;  // the average of neighbours delays by half a sample
  const auto whole = static_cast<std::size_t>(period);
  const auto fraction = static_cast<float>(period - static_cast<double>(whole));
  std::vector<float> line(whole + 2);
  // A steeper slope is a softer plectrum: smoother noise.
  const float smoothing = std::clamp(patch_.slope * 0.6F, 0.0F, 0.95F);
  float smooth = 0;
  for (float& value : line) value = smooth = smoothing * smooth + (1 - smoothing) * random.noise();
  const double fall_s = patch_.decay_s * std::sqrt(220 / hz);
  const auto loss = static_cast<float>(std::pow(0.001, 1 / (hz * fall_s)));
  std::vector<float> out(samples);
  std::size_t write = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const std::size_t oldest = write;
    const std::size_t next = oldest + 1 == line.size() ? 0 : oldest + 1;
    const std::size_t after = next + 1 == line.size() ? 0 : next + 1;
    // Delays of whole + 1 and whole samples lie at next and after.
    const float now = line[next] * fraction + line[after] * (1 - fraction);
    const float before = line[oldest] * fraction + line[next] * (1 - fraction);
    out[i] = now;
    line[write] = loss * 0.5F * (now + before);
    write = next;
  }
  const float scale = 0.5F / (1 - 0.75F * smoothing);
  for (float& value : out) value *= scale;
  return out;
}

void Instrument::play(const Note& note, Sound& sound, Random& random) {
  // A note that is already sounding when the clip begins is heard from there on.
  const double length_s = note.length_s + std::min(0.0, note.start_s);
  const auto first = static_cast<std::size_t>(std::max(0.0, note.start_s) * sample_rate_);
  if (length_s <= 0 || first >= sound.left.size()) return;
  const auto wanted = static_cast<std::size_t>((length_s + patch_.release_s) * sample_rate_);
  const std::size_t samples = std::min(wanted, sound.left.size() - first);
  const double hz = 440 * std::exp2((note.midi - 69) / 12);
  std::vector<float> voice;
  switch (patch_.synthesis) {
    case Synthesis::kAdditive: voice = additive(hz, samples, random); break;
    case Synthesis::kFrequencyModulation: voice = frequency_modulation(hz, samples, random); break;
    case Synthesis::kPluckedString: voice = plucked_string(hz, samples, random); break;
  }
  shape(voice, patch_, length_s, sample_rate_);
  const auto left = static_cast<float>(note.gain) * left_;
  const auto right = static_cast<float>(note.gain) * right_;
  for (std::size_t i = 0; i < samples; ++i) {
    sound.left[first + i] += left * voice[i];
    sound.right[first + i] += right * voice[i];
  }
}

}  // namespace demo
