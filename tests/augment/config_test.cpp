#include <gtest/gtest.h>

#include "foldwave/augment/augment.h"
#include "foldwave/core/errors.h"

namespace foldwave::augment {
namespace {

class AugmentConfigTest : public ::testing::Test {
 protected:
  AugmentConfigTest() { declare_options(registry); }
  void set(const std::string& key, const std::string& value) {
    settings.set("augment." + key, value, "demo.ini line 3");
  }
  std::string error_of(const std::string& name) const {
    try {
      augment_config(settings, name);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no InputError";
  }
  OptionRegistry registry;
  Settings settings{registry};
};

TEST_F(AugmentConfigTest, TakesASectionOverTheDefaults) {
  set("spec.time_masks", "2");
  set("spec.noise_probability", "0.5");
  const AugmentConfig config = augment_config(settings, "spec");
  EXPECT_EQ(config.name, "spec");
  EXPECT_EQ(config.time_masks, 2);
  EXPECT_EQ(config.time_mask_frames, 32);
  EXPECT_EQ(config.mask_probability, 1);
  EXPECT_TRUE(config.needs_waveform());
}

TEST_F(AugmentConfigTest, HasNoneBuiltIn) {
  const AugmentConfig config = augment_config(settings, "none");
  EXPECT_FALSE(config.masks());
  EXPECT_FALSE(config.needs_waveform());
  set("none.time_masks", "2");
  EXPECT_EQ(error_of("none"),
            "[augment.none] is given, but 'none' is the name for no augmentation; another name was expected");
}

TEST_F(AugmentConfigTest, ListsTheSectionsThereAreForANameWithoutOne) {
  set("spec.time_masks", "2");
  EXPECT_EQ(error_of("spce"), "augmentation 'spce' has no section [augment.spce]; there are 'none', 'spec'");
}

TEST_F(AugmentConfigTest, RefusesARangeThatIsUpsideDown) {
  set("noise.noise_min_snr_db", "30");
  set("noise.noise_max_snr_db", "10");
  EXPECT_EQ(error_of("noise"), "demo.ini line 3: augment.noise.noise_min_snr_db = 30 is above noise_max_snr_db = 10");
}

TEST_F(AugmentConfigTest, RefusesEveryRangeThatIsUpsideDownNamingBothKeys) {
  for (const std::string range : {"stretch|rate", "pitch|semitones", "gain|db", "noise|amplitude", "filter|db",
                                  "filter|bands", "shift|share", "resize|frames", "resize|mels"}) {
    const size_t bar = range.find('|');
    const std::string min = range.substr(0, bar) + "_min_" + range.substr(bar + 1),
                      max = range.substr(0, bar) + "_max_" + range.substr(bar + 1);
    const std::string name = "upside_down_" + min;
    const bool whole = range == "filter|bands";
    set(name + "." + min, whole ? "5" : "0.9");
    set(name + "." + max, whole ? "4" : "0.5");
    EXPECT_EQ(error_of(name), "demo.ini line 3: augment." + name + "." + min + " = " + (whole ? "5" : "0.9") +
                                  " is above " + max + " = " + (whole ? "4" : "0.5"));
  }
}

TEST_F(AugmentConfigTest, NamesTheKeyThatWasGivenWhereTheOtherIsADefault) {
  set("low.pitch_max_semitones", "-5");
  EXPECT_EQ(error_of("low"), "demo.ini line 3: augment.low.pitch_max_semitones = -5 is below pitch_min_semitones = -4");
}

TEST_F(AugmentConfigTest, TakesAProbabilityWithoutAnEffect) {
  set("nothing.gain_probability", "1");
  set("nothing.gain_min_db", "0");
  set("nothing.gain_max_db", "0");
  EXPECT_TRUE(draw_waveform_change(augment_config(settings, "nothing"), {}).none());
}

TEST_F(AugmentConfigTest, HasTheDefaultsOfItsStruct) {
  set("plain.time_masks", "0");
  const AugmentConfig read = augment_config(settings, "plain"), built = {};
  EXPECT_EQ(read.stretch_min_rate, built.stretch_min_rate);
  EXPECT_EQ(read.stretch_max_rate, built.stretch_max_rate);
  EXPECT_EQ(read.pitch_min_semitones, built.pitch_min_semitones);
  EXPECT_EQ(read.pitch_max_semitones, built.pitch_max_semitones);
  EXPECT_EQ(read.gain_min_db, built.gain_min_db);
  EXPECT_EQ(read.gain_max_db, built.gain_max_db);
  EXPECT_EQ(read.noise_kind, built.noise_kind);
  EXPECT_EQ(read.noise_min_amplitude, built.noise_min_amplitude);
  EXPECT_EQ(read.noise_max_amplitude, built.noise_max_amplitude);
  EXPECT_EQ(read.filter_kind, built.filter_kind);
  EXPECT_EQ(read.filter_min_db, built.filter_min_db);
  EXPECT_EQ(read.filter_max_db, built.filter_max_db);
  EXPECT_EQ(read.filter_min_bands, built.filter_min_bands);
  EXPECT_EQ(read.filter_max_bands, built.filter_max_bands);
  EXPECT_EQ(read.filter_min_mels, built.filter_min_mels);
  EXPECT_EQ(read.shift_min_share, built.shift_min_share);
  EXPECT_EQ(read.shift_max_share, built.shift_max_share);
  EXPECT_EQ(read.shift_rollover, built.shift_rollover);
  EXPECT_EQ(read.resize_min_frames, built.resize_min_frames);
  EXPECT_EQ(read.resize_max_frames, built.resize_max_frames);
  EXPECT_EQ(read.resize_min_mels, built.resize_min_mels);
  EXPECT_EQ(read.resize_max_mels, built.resize_max_mels);
  EXPECT_EQ(read.mixup_alpha, built.mixup_alpha);
  EXPECT_FALSE(read.needs_waveform());
}

TEST_F(AugmentConfigTest, ReadsWhatIsNoNumber) {
  set("words.noise_kind", "amplitude");
  set("words.filter_kind", "linear");
  set("words.shift_rollover", "false");
  const AugmentConfig config = augment_config(settings, "words");
  EXPECT_EQ(config.noise_kind, NoiseKind::amplitude);
  EXPECT_EQ(config.filter_kind, FilterKind::linear);
  EXPECT_FALSE(config.shift_rollover);
  EXPECT_THROW(set("words.noise_kind", "pink"), InputError);
}

TEST_F(AugmentConfigTest, RefusesWhatIsNoProbability) { EXPECT_THROW(set("spec.mask_probability", "1.5"), InputError); }

}  // namespace
}  // namespace foldwave::augment
