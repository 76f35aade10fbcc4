#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

FeatureConfig resolved(const std::vector<std::string>& arguments) {
  static OptionRegistry registry = [] {
    OptionRegistry declared;
    declare_options(declared);
    declared.add({"features.sample_rate", "22050", "declared by audio", ValueKind::integer, "Hz", 4000, 192000, {}});
    return declared;
  }();
  return feature_config(resolve(registry, {}, arguments));
}

std::string refusal(const std::vector<std::string>& arguments) {
  try {
    resolved(arguments);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(FeatureConfig, HasTheDefaultsOfItsOptions) { EXPECT_EQ(to_json(resolved({})), to_json(FeatureConfig{})); }

TEST(FeatureConfig, TakesEveryOption) {
  const FeatureConfig config =
      resolved({"--features.n_fft",  "1024", "--features.hop_length",  "256",   "--features.n_mels",  "64",
                "--features.n_mfcc", "13",   "--features.fmin",        "50",    "--features.fmax",    "8000",
                "--features.htk",    "true", "--features.norm",        "none",  "--features.power",   "1",
                "--features.lifter", "22",   "--features.sample_rate", "16000", "--features.summary", "mfcc"});
  EXPECT_EQ(to_json(config),
            R"({"fmax":8000.0,"fmin":50.0,"hop_length":256,"htk":true,"lifter":22.0,"n_fft":1024,"n_mels":64,)"
            R"("n_mfcc":13,"norm":"none","power":1.0,"sample_rate":16000,"summary":"mfcc","top_db":80.0})");
}

TEST(FeatureConfig, NamesTheKeyThatNoSignalCanSatisfy) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"fmax", "12000"}, {"fmin", "11025"},  {"n_mfcc", "129"}, {"hop_length", "2049"},
      {"n_fft", "2047"}, {"n_mels", "1025"}, {"power", "1.5"}};
  for (const auto& [field, value] : wrong) {
    const std::string text = refusal({"--features." + field, value});
    EXPECT_NE(text.find("features." + field), std::string::npos) << text;
    EXPECT_NE(text.find(value), std::string::npos) << text;
    EXPECT_NE(text.find("expected"), std::string::npos) << text;
  }
}

TEST(FeatureConfig, SurvivesJson) {
  FeatureConfig config;
  config.n_mels = 96;
  config.fmax = 8000.5;
  config.htk = true;
  config.area_norm = false;
  EXPECT_EQ(to_json(feature_config_from_json(to_json(config))), to_json(config));
}

TEST(FeatureConfig, RefusesJsonThatIsNotOne) {
  EXPECT_THROW(feature_config_from_json("{"), InputError);
  EXPECT_THROW(feature_config_from_json("{}"), InputError);
  EXPECT_THROW(feature_config_from_json("[1]"), InputError);
  std::string json = to_json({});
  json.replace(json.find("2048"), 4, "-100");
  EXPECT_THROW(feature_config_from_json(json), InputError);
}

}  // namespace
}  // namespace foldwave::features
