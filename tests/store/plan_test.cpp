#include <gtest/gtest.h>

#include "../formats/temporary_folder.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/store/store.h"

namespace foldwave::store {
namespace {

TEST(StorePlan, ReadsBackWhatWasPublished) {
  const TemporaryFolder folder;
  const StorePlan plan{R"({"fmin":0.1,"htk":false,"n_fft":2048})", "0123", {0, 3, 5}};
  publish_plan(folder.path(), plan);
  const StorePlan again = read_plan(folder.path());
  EXPECT_EQ(again.feature_json, plan.feature_json);
  EXPECT_EQ(again.catalog_hash, "0123");
  EXPECT_EQ(again.first_row, plan.first_row);
  EXPECT_EQ(again.shards(), 2);
}

TEST(StorePlan, OfTwoRunsThatPublishTheFirstOneStays) {
  const TemporaryFolder folder;
  const StorePlan one{"{}", "1", {0, 3}}, other{"{}", "2", {0, 1, 3}};
  EXPECT_TRUE(publish_plan(folder / "store", one));
  EXPECT_FALSE(publish_plan(folder / "store", other));
  EXPECT_EQ(read_plan(folder / "store").catalog_hash, "1");
}

TEST(StorePlan, HashDependsOnTheParametersAndNotOnTheirOrderOrTheShards) {
  const StorePlan a{R"({"n_fft":2048,"power":2})", "1", {0, 1}}, b{R"({ "power": 2, "n_fft": 2048 })", "2", {0, 5}},
      c{R"({"n_fft":1024,"power":2})", "1", {0, 1}};
  EXPECT_EQ(a.config_hash(), b.config_hash());
  EXPECT_NE(a.config_hash(), c.config_hash());
}

TEST(StorePlan, RefusesWhatIsNoPlan) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& text) {
    put(folder / "plan.json", text);
    return message_of<InputError>([&] { read_plan(folder.path()); });
  };
  EXPECT_NE(message_of<InputError>([&] { read_plan(folder.path()); }).find("no feature store is here"),
            std::string::npos);
  EXPECT_NE(error("{").find("plan.json: not JSON"), std::string::npos);
  EXPECT_NE(error("[]").find("not the plan of a feature store"), std::string::npos);
  EXPECT_NE(error(R"({"format":"other"})").find("not the plan of a feature store"), std::string::npos);
  EXPECT_NE(error(R"({"format":"foldwave-features","version":99})").find("another version"), std::string::npos);
  EXPECT_NE(error(R"({"format":"foldwave-features","version":1,"features":{},"catalog_hash":"","first_row":[0,2,2]})")
                .find("does not ascend"),
            std::string::npos);
}

TEST(StorePlan, ThatIsDamagedIsNotTakenForAnotherOne) {
  const TemporaryFolder folder;
  publish_plan(folder.path(), {R"({"n_fft":2048})", "c0ffee", {0, 3, 5}});
  const auto path = folder / "plan.json";
  const std::string whole = read_file(path);
  for (const auto& [was, is] :
       {std::pair<std::string, std::string>{"c0ffee", "c0ffef"}, {"2048", "2049"}, {"3", "4"}}) {
    std::string text = whole;
    text.replace(text.rfind(was), was.size(), is);
    put(path, text);
    EXPECT_NE(message_of<InputError>([&] { read_plan(folder.path()); }).find("does not match its checksum; remove it"),
              std::string::npos)
        << was;
  }
}

}  // namespace
}  // namespace foldwave::store
