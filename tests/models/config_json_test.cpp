#include <gtest/gtest.h>

#include <tuple>

#include "foldwave/core/errors.h"
#include "foldwave/models/backbones.h"

namespace foldwave::models {
namespace {

// Every field: one more does not compile here, and then has to be added to the JSON too.
auto fields_of(const ModelConfig& config) {
  const auto& [name, classes, channels, summary_width, hidden, hidden_norm, dropout, drop_rate, drop_path_rate,
               cnn_channels, c, gamma, landmarks] = config;
  return std::tuple(name, classes, channels, summary_width, hidden, hidden_norm, dropout, drop_rate, drop_path_rate,
                    cnn_channels, c, gamma, landmarks);
}

// No field as it is by default.
const ModelConfig unusual{.name = "rbf",
                          .classes = 7,
                          .channels = 3,
                          .summary_width = 81,
                          .hidden = {5, 4, 3},
                          .hidden_norm = true,
                          .dropout = 0.1,
                          .drop_rate = 0.2,
                          .drop_path_rate = 0.7,
                          .cnn_channels = {1, 2, 3, 4},
                          .c = 1.0 / 3,
                          .gamma = 2.5e-5,
                          .landmarks = 17};

TEST(ConfigJson, KeepsEveryField) {
  EXPECT_EQ(fields_of(model_config_from_json(to_json(unusual))), fields_of(unusual));
  EXPECT_EQ(fields_of(model_config_from_json(to_json({}))), fields_of({}));
}

TEST(ConfigJson, RefusesWhatIsNotTheDescriptionOfAModel) {
  const std::string whole = to_json(unusual);
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_THROW(model_config_from_json(whole.substr(0, length)), InputError) << length;
  for (const char* other : {"[]", "17", "null", R"({"name": "rbf"})"})
    EXPECT_THROW(model_config_from_json(other), InputError) << other;
}

TEST(ConfigJson, RefusesAFieldOfAnotherKind) {
  std::string json = to_json(unusual);
  json.replace(json.find("\"landmarks\":17"), 14, "\"landmarks\":\"many\"");
  EXPECT_THROW(model_config_from_json(json), InputError);
}

}  // namespace
}  // namespace foldwave::models
