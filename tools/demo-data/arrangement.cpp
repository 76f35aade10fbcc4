#include "arrangement.h"

#include <cmath>

#include "drums.h"
#include "voices.h"

namespace demo {
namespace {

// MIDI number of a degree of the scale; degrees outside 0-6 lie in other octaves.
int midi_of(const Song& song, int degree) {
  const int size = static_cast<int>(song.scale.size());
  const int octave = degree >= 0 ? degree / size : -((size - 1 - degree) / size);
  return song.key + 12 * octave + song.scale[static_cast<std::size_t>(degree - octave * size)];
}

class Performance {
 public:
  Performance(const Song& song, double seconds, int sample_rate, Random& random)
      : song_(song),
        random_(random),
        sound_(sample_rate, seconds),
        bass_(song.bass_patch, sample_rate, 0.5),
        comping_(song.comping_patch, sample_rate, random.uniform({0.25, 0.75})),
        melody_(song.melody_patch, sample_rate, random.uniform({0.3, 0.7})),
        kit_(draw_kit(song.drum_brightness, random)),
        step_s_(60 / song.beats_per_minute / song.metre.steps_per_beat) {}

  Sound play() {
    // Parts rest in some clips, as in the sections of a real song; two always play.
    const bool drums = random_.chance(song_.drum_chance);
    const bool bass = random_.chance(0.9);
    const bool comping = !bass || random_.chance(0.9);
    const bool melody = !bass || !comping || random_.chance(0.8);
    const double bar_s = steps() * step_s_;
    int bar = random_.below(4);
    for (bar_start_s_ = -random_.uniform() * bar_s; bar_start_s_ < seconds(); bar_start_s_ += bar_s, ++bar) {
      chord_ = song_.progression[static_cast<std::size_t>(bar) % song_.progression.size()];
      if (drums) play_drums();
      if (bass) play_bass();
      if (comping) play_comping();
      if (melody) play_melody();
    }
    return std::move(sound_);
  }

 private:
  int steps() const { return song_.metre.beats * song_.metre.steps_per_beat; }
  double seconds() const { return static_cast<double>(sound_.left.size()) / sound_.sample_rate; }

  // Swung, and a few milliseconds off as players are.
  double time_of(int step) {
    const double swung = step % 2 == 1 ? song_.swing : 0;
    return bar_start_s_ + (step + swung) * step_s_ + random_.uniform({-0.006, 0.006});
  }
  double touch() { return random_.uniform({0.75, 1.1}); }

  void play_drums() {
    const DrumPattern& pattern = song_.metre.drums.front();
    for (int step = 0; step < steps(); ++step) {
      strike_step(Drum::kKick, pattern.kick, step);
      strike_step(Drum::kSnare, pattern.snare, step);
      strike_step(Drum::kHat, pattern.hat, step);
    }
  }

  void strike_step(Drum drum, std::string_view pattern, int step) {
    const char velocity = pattern[static_cast<std::size_t>(step)];
    if (velocity == '.' || random_.chance(0.04)) return;
    strike(drum, kit_, time_of(step), static_cast<float>((velocity - '0') / 9.0 * song_.gain_drums * touch()), sound_,
           random_);
  }

  void bass_note(int step, int degree, double length_steps) {
    bass_.play({time_of(step), length_steps * step_s_, static_cast<double>(midi_of(song_, degree) - 24),
                0.8 * song_.gain_bass * touch()},
               sound_, random_);
  }

  void play_bass() {
    const int beat = song_.metre.steps_per_beat;
    switch (song_.bass) {
      case Bass::kRoot: return bass_note(0, chord_, steps() * 0.8);
      case Bass::kDrone: return bass_note(0, 0, steps());
      case Bass::kRootFifth:
        bass_note(0, chord_, beat * 0.9);
        return bass_note(steps() / 2 / beat * beat, chord_ - 3, beat * 0.9);
      case Bass::kWalking:
        for (int i = 0; i < song_.metre.beats; ++i)
          bass_note(i * beat, chord_ + (i == 0 ? 0 : random_.below(6) - 1), beat * 0.95);
        return;
      case Bass::kOffbeat:
        for (int i = 0; i < steps(); i += 2) {
          if (i % beat != 0 || random_.chance(0.25)) bass_note(i, chord_ + (random_.chance(0.15) ? 7 : 0), 1.4);
        }
        return;
    }
  }

  void chord(int step, double length_steps, double gain) {
    const double start = time_of(step);
    for (int i = 0; i < song_.chord_notes; ++i) {
      comping_.play({start + 0.004 * i, length_steps * step_s_, static_cast<double>(midi_of(song_, chord_ + 2 * i)),
                     gain * 0.45 * song_.gain_comping * touch()},
                    sound_, random_);
    }
  }

  void play_comping() {
    const int beat = song_.metre.steps_per_beat;
    switch (song_.comping) {
      case Comping::kSustained: return chord(0, steps() * 0.98, 1);
      case Comping::kAfterbeats:
        for (int i = 1; i < song_.metre.beats; i += song_.metre.beats == 4 ? 2 : 1) chord(i * beat, beat * 0.5, 1);
        return;
      case Comping::kOffbeats:
        for (int i = 0; i < song_.metre.beats; ++i) chord(i * beat + beat / 2, beat * 0.4, 1);
        return;
      case Comping::kStabs:
        for (int i = 0; i < steps(); ++i) {
          if (random_.chance(i % 3 == 0 ? 0.5 : 0.08)) chord(i, 0.8, 1.1);
        }
        return;
      case Comping::kShuffle:
        for (int i = 0; i < song_.metre.beats; ++i) {
          chord(i * beat, beat * 0.55, 0.8);
          chord(i * beat + beat - 1, 0.7, 1);
        }
        return;
      case Comping::kBroken:
        for (int i = 0; i < steps(); i += 2) {
          const int note = (i / 2) % (song_.chord_notes + 1);
          comping_.play({time_of(i), 2.2 * step_s_, static_cast<double>(midi_of(song_, chord_ + 2 * note)),
                         0.6 * song_.gain_comping * touch()},
                        sound_, random_);
        }
        return;
    }
  }

  // A walk over the scale that rests on chord notes where a beat begins.
  void play_melody() {
    const int beat = song_.metre.steps_per_beat;
    for (int step = 0; step < steps();) {
      const bool on_beat = step % beat == 0;
      if (!random_.chance(song_.melody_density * (on_beat ? 1.6 : 0.8))) {
        ++step;
        continue;
      }
      degree_ += random_.below(5) - 2;
      if (random_.chance(0.12)) degree_ += random_.chance(0.5) ? 4 : -4;
      degree_ = degree_ > 11 ? degree_ - 5 : degree_ < 1 ? degree_ + 5 : degree_;
      if (on_beat && (degree_ - chord_) % 2 != 0) ++degree_;
      const int length = 1 + random_.below(song_.melody_density > 0.4 ? 2 : 4);
      melody_.play({time_of(step), length * step_s_ * 0.92, static_cast<double>(midi_of(song_, degree_)),
                    0.7 * song_.gain_melody * touch()},
                   sound_, random_);
      step += length;
    }
  }

  const Song& song_;
  Random& random_;
  Sound sound_;
  Instrument bass_;
  Instrument comping_;
  Instrument melody_;
  DrumKit kit_;
  double step_s_;
  double bar_start_s_ = 0;
  int chord_ = 0;
  int degree_ = 5;
};

}  // namespace

Sound perform(const Song& song, double seconds, int sample_rate, Random& random) {
  return Performance(song, seconds, sample_rate, random).play();
}

}  // namespace demo
