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

TEST_F(AugmentConfigTest, RefusesWhatIsNoProbability) { EXPECT_THROW(set("spec.mask_probability", "1.5"), InputError); }

}  // namespace
}  // namespace foldwave::augment
