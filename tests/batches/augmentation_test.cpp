// What the augmentation of the waveform does to the spectrogram that a network sees.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "batches/sample.h"
#include "foldwave/core/errors.h"
#include "small_store.h"

namespace foldwave::batches {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr size_t n_mels = 128;

features::FeatureConfig usual_features() {
  features::FeatureConfig config;
  config.summary = features::Summary::mfcc;
  return config;
}

store::TrackFeatures track_of(const std::string& id, const std::vector<float>& waveform) {
  store::TrackFeatures track;
  track.song_id = id;
  track.waveform = waveform;
  track.trim_end = static_cast<int64_t>(waveform.size());
  track.duration_s = static_cast<double>(waveform.size()) / usual_features().sample_rate;
  features::FeatureExtractor extract(usual_features());
  extract(waveform, track.features);
  return track;
}

std::vector<float> sound(double seconds, const std::function<double(double)>& at) {
  std::vector<float> waveform(static_cast<size_t>(seconds * 22050));
  for (size_t i = 0; i < waveform.size(); ++i) waveform[i] = static_cast<float>(at(static_cast<double>(i) / 22050));
  return waveform;
}

std::vector<float> tone(double hz, double seconds) {
  return sound(seconds, [hz](double t) { return 0.25 * std::sin(2 * pi * hz * t); });
}

// Notes of four partials that swell and fade, `pitch` times as high and `rate` times as fast.
std::vector<float> melody(double pitch, double rate) {
  return sound(4 / rate, [pitch, rate](double t) {
    const int note = static_cast<int>(t * rate * 2);
    const double hz = 220 * std::exp2((note * 5 % 12) / 12.0), swell = std::sin(pi * (t * rate * 2 - note));
    double sample = 0;
    for (const int partial : {1, 2, 3, 5, 11}) sample += 0.2 / partial * std::sin(2 * pi * hz * pitch * partial * t);
    return swell * sample;
  });
}

class AugmentationTest : public ::testing::Test {
 protected:
  ~AugmentationTest() override { std::filesystem::remove_all(folder); }

  const store::FeatureStore& store_of(const std::vector<store::TrackFeatures>& tracks) {
    write_store(folder, usual_features(), tracks, {0, static_cast<int64_t>(tracks.size())});
    return store.emplace(folder);
  }

  // [n_mels, frames] in dB re the track's maximum
  std::vector<float> sample(const augment::AugmentConfig& config, int track, int frames, const RandomKey& key = {}) {
    InputConfig input;
    input.crop_frames = frames;
    input.normalisation = {std::vector<float>(n_mels, 0.0F), std::vector<float>(n_mels, 1.0F)};
    std::vector<float> mel(n_mels * static_cast<size_t>(frames));
    SampleMaker(*store, input, config).training(track, key, mel);
    return mel;
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("foldwave-" + std::to_string(getpid()) + "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::optional<store::FeatureStore> store;
};

augment::AugmentConfig pitch(double semitones) {
  augment::AugmentConfig config;
  config.pitch_probability = 1;
  config.pitch_min_semitones = config.pitch_max_semitones = semitones;
  return config;
}

augment::AugmentConfig stretch(double rate) {
  augment::AugmentConfig config;
  config.stretch_probability = 1;
  config.stretch_min_rate = config.stretch_max_rate = rate;
  return config;
}

augment::AugmentConfig gain(double db) {
  augment::AugmentConfig config;
  config.gain_probability = 1;
  config.gain_min_db = config.gain_max_db = db;
  return config;
}

augment::AugmentConfig noise(double amplitude) {
  augment::AugmentConfig config;
  config.noise_probability = 1;
  config.noise_kind = augment::NoiseKind::amplitude;
  config.noise_min_amplitude = config.noise_max_amplitude = amplitude;
  return config;
}

// Mean of a bin over the crop's frames, in dB.
double level(const std::vector<float>& mel, size_t bin) {
  const size_t frames = mel.size() / n_mels;
  double sum = 0;
  for (size_t t = 0; t < frames; ++t) sum += mel[bin * frames + t] / static_cast<double>(frames);
  return sum;
}

size_t loudest_bin(const std::vector<float>& mel) {
  size_t loudest = 0;
  for (size_t bin = 1; bin < n_mels; ++bin) {
    if (level(mel, bin) > level(mel, loudest)) loudest = bin;
  }
  return loudest;
}

// Of what is louder than `floor` in either.
double mean_difference(const std::vector<float>& a, const std::vector<float>& b, float floor) {
  double sum = 0, count = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::max(a[i], b[i]) < floor) continue;
    sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    ++count;
  }
  EXPECT_GT(count, 1000);
  return sum / count;
}

TEST_F(AugmentationTest, PitchMovesATonesPeakByTheRightNumberOfBinsAndKeepsItsLevel) {
  store_of({track_of("tone", tone(1500, 4))});
  const double before = level(sample({}, 0, 100), loudest_bin(sample({}, 0, 100)));
  for (const double semitones : {-24.0, -4.0, 0.5, 4.0, 24.0}) {
    const std::vector<float> mel = sample(pitch(semitones), 0, 100);
    const double expected = features::mel_bin_of(1500 * std::exp2(semitones / 12), usual_features());
    EXPECT_NEAR(static_cast<double>(loudest_bin(mel)), expected, 0.6) << semitones;
    // Mel filters are of unit area: 3 dB lower an octave up, beside what a tone loses between two of them.
    EXPECT_NEAR(level(mel, loudest_bin(mel)), before - std::max(-3.0, semitones / 4), 3.5) << semitones;
  }
}

TEST_F(AugmentationTest, PitchMakesTheSpectrogramOfTheSameMusicPlayedHigher) {
  const double up = std::exp2(3.0 / 12), down = std::exp2(-4.0 / 12);
  store_of({track_of("as it is", melody(1, 1)), track_of("higher", melody(up, 1)), track_of("lower", melody(down, 1))});
  const int frames = store->frames(0);
  EXPECT_LT(mean_difference(sample(pitch(3), 0, frames), sample({}, 1, frames), -50), 1);  // 0.4 was measured
  EXPECT_LT(mean_difference(sample(pitch(-4), 0, frames), sample({}, 2, frames), -50), 1);
  EXPECT_GT(mean_difference(sample(pitch(3), 0, frames), sample({}, 0, frames), -50), 5);
}

TEST_F(AugmentationTest, StretchMakesTheSpectrogramOfTheSameMusicPlayedFaster) {
  store_of(
      {track_of("as it is", melody(1, 1)), track_of("faster", melody(1, 1.25)), track_of("slower", melody(1, 0.8))});
  EXPECT_LT(mean_difference(sample(stretch(1.25), 0, store->frames(1)), sample({}, 1, store->frames(1)), -50), 1);
  EXPECT_LT(mean_difference(sample(stretch(0.8), 0, store->frames(2)), sample({}, 2, store->frames(2)), -50), 1);
  EXPECT_GT(mean_difference(sample(stretch(0.8), 0, store->frames(2)), sample({}, 0, store->frames(2)), -50), 5);
}

TEST_F(AugmentationTest, StretchChangesTheTempoOfClicksAndNotTheBinOfATone) {
  const auto clicks = sound(8, [](double t) { return std::fmod(t, 0.5) < 0.002 ? 0.9 : 0.0; });
  store_of({track_of("clicks", clicks), track_of("tone", tone(1500, 8))});
  EXPECT_EQ(loudest_bin(sample(stretch(1.6), 1, 100)), loudest_bin(sample({}, 1, 100)));
  for (const double rate : {0.5, 1.0, 2.0}) {
    const std::vector<float> mel = sample(stretch(rate), 0, 120);
    int onsets = 0;
    for (size_t t = 1; t < 120; ++t) onsets += mel[64 * 120 + t] > -40 && mel[64 * 120 + t - 1] <= -40 ? 1 : 0;
    EXPECT_NEAR(onsets, 120 * 512 / 22050.0 / 0.5 * rate, 1) << rate;
  }
}

TEST_F(AugmentationTest, PitchAndStretchTogetherDoBoth) {
  store_of({track_of("as it is", melody(1, 1)), track_of("both", melody(std::exp2(2.0 / 12), 1.1))});
  augment::AugmentConfig both = pitch(2);
  both.stretch_probability = 1;
  both.stretch_min_rate = both.stretch_max_rate = 1.1;
  const int frames = store->frames(1);
  EXPECT_LT(mean_difference(sample(both, 0, frames), sample({}, 1, frames), -50), 1);
}

TEST_F(AugmentationTest, GainMovesEveryBinByItsDecibels) {
  store_of({track_of("melody", melody(1, 1))});
  const std::vector<float> plain = sample({}, 0, 100);
  for (const double db : {-12.0, 6.0}) {
    const std::vector<float> mel = sample(gain(db), 0, 100);
    for (size_t i = 0; i < mel.size(); ++i) {
      // float16 is exact to 0.03 dB at -80.
      if (plain[i] > -65) {
        ASSERT_NEAR(mel[i], plain[i] + db, 0.05);
      }
    }
  }
}

TEST_F(AugmentationTest, NoiseHasItsAmplitudeUnderAGainThatComesBefore) {
  store_of({track_of("tone", tone(500, 8))});
  constexpr float amplitude = 0.01F;
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0, amplitude);
  std::vector<float> expected(22050 * 8);
  for (float& value : expected) value = normal(generator);
  features::MelExtractor extract(usual_features());
  const std::vector<float> db = features::power_to_db(extract(expected).power, store->mel_ref(0), 200);

  augment::AugmentConfig softer = noise(amplitude);
  softer.gain_probability = 1;
  softer.gain_min_db = softer.gain_max_db = -12;
  const std::vector<float> loud = sample(noise(amplitude), 0, 250), soft = sample(softer, 0, 250);
  const size_t peak = loudest_bin(loud);
  EXPECT_NEAR(level(soft, peak) - level(loud, peak), -12, 0.3);
  for (const size_t bin : {70U, 90U, 110U}) {
    double mean = 0;
    for (size_t i = bin; i < db.size(); i += n_mels) mean += db[i] * n_mels / static_cast<double>(db.size());
    EXPECT_NEAR(level(loud, bin), mean, 0.5);
    EXPECT_NEAR(level(soft, bin), mean, 0.5);
  }
}

TEST_F(AugmentationTest, LeavesASilentTrackSilent) {
  store_of({track_of("silence", std::vector<float>(22050, 0.0F))});
  augment::AugmentConfig loud = noise(0.5);
  loud.gain_probability = 1;
  EXPECT_EQ(sample(loud, 0, 40), sample({}, 0, 40));
}

// Whatever the options allow, on tracks of which hardly anything is there.
TEST_F(AugmentationTest, GivesFiniteValuesForExtremeParametersAndOddTracks) {
  const auto loud = [](double t) { return std::sin(5000 * t); };
  store_of({track_of("a sample", {0.5F}), track_of("silent", std::vector<float>(5000, 0.0F)),
            track_of("shorter than a window", sound(0.05, loud)),
            track_of("a frame more than a crop", sound(0.4, loud)),
            track_of("clipped", sound(3, [](double t) { return std::sin(9000 * t) > 0 ? 1.0 : -1.0; }))});
  OptionRegistry registry;
  augment::declare_options(registry);
  std::mt19937 generator(1);
  for (int trial = 0; trial < 150; ++trial) {
    Settings settings(registry);
    for (const Option& option : registry.all()) {
      const std::string key = "augment.odd" + option.key.substr(option.key.find('*') + 1);
      const bool whole = option.kind == ValueKind::integer;
      if (option.kind == ValueKind::flag) settings.set(key, generator() % 2 == 0 ? "true" : "false", "test");
      if (!option.choices.empty()) settings.set(key, option.choices[generator() % option.choices.size()], "test");
      if (option.kind != ValueKind::real && !whole) continue;
      const bool probability = key.ends_with("probability");
      const bool low = key.find("_min_") != std::string::npos, high = key.find("_max_") != std::string::npos;
      const double at = generator() % 3 == 0 ? 0.5 : low ? 0 : high ? 1 : static_cast<double>(generator() % 2);
      const double value = option.min + (option.max - option.min) * (probability ? generator() % 4 / 3.0 : at);
      if ((low || high) && generator() % 2 == 0) continue;
      settings.set(key, whole ? std::to_string(std::llround(value)) : std::to_string(value), "test");
    }
    augment::AugmentConfig config;
    try {
      config = augment::augment_config(settings, "odd");
    } catch (const InputError&) {  // upside down
      continue;
    }
    for (const int frames : {1, 17}) {
      for (int track = 0; track < store->tracks(); ++track) {
        const auto mel = sample(config, track, frames, {.seed = 3, .epoch = static_cast<uint32_t>(trial)});
        ASSERT_TRUE(std::all_of(mel.begin(), mel.end(), [](float db) { return std::isfinite(db) && db >= -230; }));
      }
    }
  }
}

TEST_F(AugmentationTest, SaysWhatIsMissingWhereTheStoreHasNoRichSummary) {
  store_of({track_of("tone", tone(500, 1))});
  try {
    fit_normalisation(*store, {0}, {.kind = InputKind::rich_summary});
    ADD_FAILURE() << "there is no rich summary";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "the feature store has no rich summary, for it was made with features.summary = mfcc; model.summary = "
                 "mfcc takes what is there");
  }
}

}  // namespace
}  // namespace foldwave::batches
