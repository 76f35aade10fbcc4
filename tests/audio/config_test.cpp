#include <gtest/gtest.h>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

TEST(AudioConfig, HasTheDefaultsOfItsOptions) {
  OptionRegistry registry;
  declare_options(registry);
  const AudioConfig config = audio_config(Settings(registry));
  EXPECT_EQ(config.sample_rate, AudioConfig{}.sample_rate);
  EXPECT_EQ(config.offset_s, AudioConfig{}.offset_s);
  EXPECT_EQ(config.max_seconds, AudioConfig{}.max_seconds);
  EXPECT_EQ(config.file_timeout_s, AudioConfig{}.file_timeout_s);
  EXPECT_EQ(config.trim_db, AudioConfig{}.trim_db);
}

TEST(AudioConfig, RefusesARateThatNoMusicHas) {
  OptionRegistry registry;
  declare_options(registry);
  EXPECT_THROW(resolve(registry, {}, {"--features.sample_rate", "100"}), InputError);
}

TEST(AudioConfig, TakesTheTimeLimitOfAFileFromATenthOfASecondToADay) {
  OptionRegistry registry;
  declare_options(registry);
  for (const std::string seconds : {"0.1", "86400"}) {
    const Settings settings = resolve(registry, {}, {"--features.file_timeout_s", seconds});
    EXPECT_EQ(audio_config(settings).file_timeout_s, std::stod(seconds));
  }
  for (const std::string seconds : {"0.09", "86401", "0", "inf", "nan"}) {
    EXPECT_THROW(resolve(registry, {}, {"--features.file_timeout_s", seconds}), InputError) << seconds;
  }
}

TEST(AudioConfig, TakesAnyPartOfAFileButNoneBeforeItsStart) {
  OptionRegistry registry;
  declare_options(registry);
  const Settings settings =
      resolve(registry, {}, {"--features.offset_seconds", "30.5", "--features.max_seconds", "0.5"});
  EXPECT_EQ(audio_config(settings).offset_s, 30.5);
  EXPECT_EQ(audio_config(settings).max_seconds, 0.5);
  EXPECT_THROW(resolve(registry, {}, {"--features.offset_seconds", "-1"}), InputError);
}

TEST(AudioConfig, CountsThePartOfAFileAsAResultAndTheTimeLimitNot) {
  OptionRegistry registry;
  declare_options(registry);
  EXPECT_EQ(registry.find("features.offset_seconds")->effect, Effect::result);
  EXPECT_EQ(registry.find("features.file_timeout_s")->effect, Effect::layout);
}

}  // namespace
}  // namespace foldwave::audio
