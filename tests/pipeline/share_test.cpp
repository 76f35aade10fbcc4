#include <chrono>
#include <thread>

#include "foldwave/store/store.h"
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class Share : public Program {
 protected:
  static std::vector<std::string> prepare(int ranks, const std::string& run, const fs::path& store,
                                          const std::vector<std::string>& more = {}) {
    auto arguments = run_arguments(root_ / run, more);
    arguments[0] = "prepare";
    arguments.insert(arguments.end(), {"--features.path", store.string()});
    return under_mpirun(ranks, arguments);
  }
  static int code_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(Share, ASecondRunUsesTheStoreOfTheFirst) {
  const fs::path store = root_ / "used";
  ASSERT_EQ(finish(prepare(2, "first", store)).code, 0);
  const auto written = fs::last_write_time(store / "index.h5");
  ASSERT_EQ(finish(prepare(1, "second", store)).code, 0);
  EXPECT_EQ(fs::last_write_time(store / "index.h5"), written);
}

TEST_F(Share, TwoRunsThatMakeAStoreAtOnceBothEndWell) {
  const std::vector<std::pair<int, int>> ranks{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 3}};
  for (size_t i = 0; i < ranks.size(); ++i) {
    const fs::path store = root_ / ("shared-" + std::to_string(i));
    const std::string name = std::to_string(i);
    const pid_t first = start(prepare(ranks[i].first, "a" + name, store), root_ / "out-a", root_ / "err-a");
    std::this_thread::sleep_for(std::chrono::milliseconds(100 * i));
    const pid_t second = start(prepare(ranks[i].second, "b" + name, store), root_ / "out-b", root_ / "err-b");
    EXPECT_EQ(code_of(first), 0) << i << slurp(root_ / "err-a");
    EXPECT_EQ(code_of(second), 0) << i << slurp(root_ / "err-b");
    const Ending verified = finish(prepare(1, "a" + name, store, {"--features.verify", "true"}));
    EXPECT_EQ(verified.code, 0) << verified.err;
    EXPECT_EQ(verified.err.find("made again"), std::string::npos) << verified.err;
    EXPECT_EQ(store::FeatureStore(store).tracks(), 36);
    for (const auto& entry : fs::directory_iterator(store))
      EXPECT_EQ(entry.path().filename().string().find(".writing-"), std::string::npos) << entry.path();
  }
}

TEST_F(Share, AFlippedBitIsNamedAndMended) {
  const fs::path store = root_ / "flipped", shard = store::shard_path(store, 0);
  ASSERT_EQ(finish(prepare(2, "flipped-run", store)).code, 0);
  const std::string before = slurp(shard);
  std::string damaged = before;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  std::ofstream(shard, std::ios::binary) << damaged;
  const Ending ending = finish(prepare(2, "flipped-run", store, {"--features.verify", "true"}));
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(ending.err.find("shard-00000.h5' is damaged: "), std::string::npos) << ending.err;
  EXPECT_TRUE(slurp(shard) == before);
}

}  // namespace
}  // namespace foldwave::pipeline
