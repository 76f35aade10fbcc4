#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "foldwave/preparation/preparation.h"

namespace foldwave::preparation {
namespace {

struct PrepareConfigTest : testing::Test {
  PrepareConfigTest() {
    registry.add({.key = "run.dir", .default_value = "", .help = "", .effect = Effect::layout});
    declare_options(registry);
  }
  OptionRegistry registry;
};

TEST_F(PrepareConfigTest, PutsTheStoreIntoTheRunUnlessToldOtherwise) {
  Settings settings(registry);
  settings.set("run.dir", "runs/a", "test");
  EXPECT_EQ(prepare_config(settings).store, "runs/a/features");
  settings.set("features.path", "/scratch/store", "test");
  EXPECT_EQ(prepare_config(settings).store, "/scratch/store");
}

TEST_F(PrepareConfigTest, AsksForAPlaceWhereThereIsNone) {
  EXPECT_THROW(prepare_config(Settings(registry)), InputError);
}

TEST_F(PrepareConfigTest, RefusesAShareAboveOne) {
  Settings settings(registry);
  EXPECT_THROW(settings.set("features.max_bad", "1.5", "test"), InputError);
}

TEST_F(PrepareConfigTest, ForgivesAFewFilesUnlessAnotherShareIsGiven) {
  Settings settings(registry);
  settings.set("run.dir", "runs/a", "test");
  EXPECT_EQ(prepare_config(settings).forgiven, 5);
  settings.set("features.max_bad", "0.05", "config.ini, where a run has resolved it");
  EXPECT_EQ(prepare_config(settings).forgiven, 5);
  settings.set("features.max_bad", "0.04", "test");
  EXPECT_EQ(prepare_config(settings).forgiven, 0);
}

TEST_F(PrepareConfigTest, VerifiesAFinishedStoreOnlyWhenAsked) {
  Settings settings(registry);
  settings.set("run.dir", "runs/a", "test");
  EXPECT_FALSE(prepare_config(settings).verify);
  settings.set("features.verify", "true", "test");
  EXPECT_TRUE(prepare_config(settings).verify);
  EXPECT_EQ(settings.identity({"features"}).find("verify"), std::string::npos);
}

}  // namespace
}  // namespace foldwave::preparation
