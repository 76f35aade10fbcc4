#include <gtest/gtest.h>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

TEST(AudioConfig, HasTheDefaultsOfItsOptions) {
  OptionRegistry registry;
  declare_options(registry);
  const AudioConfig config = audio_config(Settings(registry));
  EXPECT_EQ(config.sample_rate, AudioConfig{}.sample_rate);
  EXPECT_EQ(config.max_seconds, AudioConfig{}.max_seconds);
  EXPECT_EQ(config.trim_db, AudioConfig{}.trim_db);
}

TEST(AudioConfig, RefusesARateThatNoMusicHas) {
  OptionRegistry registry;
  declare_options(registry);
  EXPECT_THROW(resolve(registry, {}, {"--features.sample_rate", "100"}), InputError);
}

}  // namespace
}  // namespace foldwave::audio
