// What becomes of a store when the disk fails, fills up or the process is killed, at every system call in turn.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <ostream>
#include <set>

#include "../formats/temporary_folder.h"
#include "example_store.h"
#include "failing_calls.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave::store {
namespace {

const StorePlan one_shard = plan_of({0, 3});

void write_shard(const std::filesystem::path& directory) {
  ShardWriter writer(one_shard, small_config(), directory, 0);
  writer.add(example_track(0));
  writer.add_unusable("song-1", "no samples", "");
  writer.add(example_track(2));
  writer.publish();
}

bool shard_is_sound(const std::filesystem::path& directory) {
  return shard_is_whole(directory, one_shard, 0) && damaged_tracks(directory, one_shard, 0).empty();
}

std::set<std::string> names_in(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

// One file of a store: how it is made, and whether it is as it must be.
struct Making {
  std::string file;
  std::function<void(const std::filesystem::path&)> prepare, make;
  std::function<bool(const std::filesystem::path&)> is_sound;
};
std::ostream& operator<<(std::ostream& out, const Making& making) { return out << making.file; }
const Making making_plan = {
    "plan.json", [](const auto&) {}, [](const auto& directory) { publish_plan(directory, one_shard); },
    [](const auto& directory) { return read_plan(directory).first_row == one_shard.first_row; }};
const Making making_shard = {"shard-00000.h5", making_plan.make, write_shard, shard_is_sound};
const Making making_index = {"index.h5",
                             [](const auto& directory) {
                               publish_plan(directory, one_shard);
                               write_shard(directory);
                             },
                             [](const auto& directory) { publish_index(directory, one_shard); }, index_is_whole};

struct Failure {
  std::string call;
  int error;
};
std::ostream& operator<<(std::ostream& out, const Failure& failure) {
  return out << failure.call << ": " << strerrorname_np(failure.error);
}
class Durability : public testing::TestWithParam<std::tuple<Making, Failure>> {};

// A file that is there is whole; nothing else stays; the next attempt succeeds.
void expect_recovery(const Making& making, const std::filesystem::path& directory, std::set<std::string> before) {
  const bool there = std::filesystem::exists(directory / making.file);
  EXPECT_TRUE(!there || making.is_sound(directory));
  if (there) before.insert(making.file);
  EXPECT_EQ(names_in(directory), before);
  making.make(directory);
  EXPECT_TRUE(making.is_sound(directory));
}

TEST_P(Durability, AFailingCallIsAnErrorThatNamesTheFileAndLeavesNothingHalfDone) {
  const auto& [making, failure] = GetParam();
  int errors = 0;
  for (int nth = 0;; ++nth) {
    SCOPED_TRACE(making.file + ": " + failure.call + " " + std::to_string(nth));
    const TemporaryFolder folder;
    making.prepare(folder.path());
    const auto before = names_in(folder.path());
    std::string message;
    bool struck = false;
    {
      const Fault fault(failure.call, failure.error, nth, folder.path());
      message = message_of<SystemError>([&] { making.make(folder.path()); });
      struck = fault.struck();
    }
    const bool failed = message != "(no such error)";
    errors += failed ? 1 : 0;
    EXPECT_TRUE(!failed || message.find(folder.path().string()) != std::string::npos) << message;
    EXPECT_TRUE(failed || making.is_sound(folder.path()));  // a failure may do no harm
    if (!struck) break;
    expect_recovery(making, folder.path(), before);
  }
  const bool may_be_survived = failure.call == "copy_file_range" || failure.call == "link";
  EXPECT_EQ(errors > 0, !may_be_survived);
}

std::string name_of(const testing::TestParamInfo<Durability::ParamType>& info) {
  const auto& [making, failure] = info.param;
  return making.file.substr(0, making.file.find_first_of(".-")) + "_" + failure.call + "_" +
         strerrorname_np(failure.error);
}

INSTANTIATE_TEST_SUITE_P(OfPlans, Durability,
                         testing::Combine(testing::Values(making_plan),
                                          testing::Values(Failure{"write", ENOSPC}, Failure{"write", EIO},
                                                          Failure{"close", EDQUOT}, Failure{"fsync", EIO},
                                                          Failure{"link", EPERM}, Failure{"link", EOPNOTSUPP})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(OfShards, Durability,
                         testing::Combine(testing::Values(making_shard),
                                          testing::Values(Failure{"write", ENOSPC}, Failure{"write", EDQUOT},
                                                          Failure{"write", EIO}, Failure{"pwrite", ENOSPC},
                                                          Failure{"pwrite", EIO}, Failure{"copy_file_range", EXDEV},
                                                          Failure{"ftruncate", ENOSPC}, Failure{"fsync", EIO},
                                                          Failure{"close", EDQUOT}, Failure{"close", EIO},
                                                          Failure{"rename", EIO})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(OfIndexes, Durability,
                         testing::Combine(testing::Values(making_index),
                                          testing::Values(Failure{"pwrite", ENOSPC}, Failure{"pwrite", EIO},
                                                          Failure{"ftruncate", ENOSPC}, Failure{"fsync", EIO},
                                                          Failure{"close", EDQUOT}, Failure{"rename", EIO})),
                         name_of);

TEST(DurabilityTest, AKilledProcessLeavesAWholeShardOrNoneAndTheNextOneCarriesOn) {
  for (int nth = 0;; ++nth) {
    SCOPED_TRACE(nth);
    const TemporaryFolder folder;
    publish_plan(folder.path(), one_shard);
    const pid_t child = fork();
    if (child == 0) {
      const Fault fault("any", kill_process, nth, folder.path());
      write_shard(folder.path());
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      EXPECT_GT(nth, 20);
      break;
    }
    remove_abandoned(folder.path());
    expect_recovery(making_shard, folder.path(), {"plan.json"});
  }
}

TEST(DurabilityTest, TwoProcessesThatMakeTheSameStoreAtOnceDoNotDamageIt) {
  const TemporaryFolder folder;
  const auto directory = folder / "store";
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      making_index.prepare(directory);
      publish_index(directory, one_shard);
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(names_in(directory), (std::set<std::string>{"index.h5", "plan.json", "shard-00000.h5"}));
  EXPECT_TRUE(shard_is_sound(directory));
  EXPECT_EQ(FeatureStore(directory).tracks(), 2);
}

TEST(DurabilityTest, AFullDiskIsAnErrorAndWithMoreRoomTheShardIsMade) {
  const TemporaryFolder folder;
  const auto disk = [&](const char* options, unsigned long flags) {
    return mount("foldwave-test", folder.path().c_str(), "tmpfs", flags, options) == 0;
  };
  bool has_failed = false;
  for (int kb = 24;; kb += 8) {
    if (!disk(("size=" + std::to_string(kb) + "k").c_str(), 0)) GTEST_SKIP() << "no mount: " << strerror(errno);
    std::string message;
    try {
      publish_plan(folder.path(), one_shard);
      message = message_of<SystemError>([&] { write_shard(folder.path()); });
      if (message != "(no such error)") {
        has_failed = true;
        EXPECT_NE(message.find("No space left on device"), std::string::npos) << message;
        EXPECT_TRUE(disk("size=4m", MS_REMOUNT));
        expect_recovery(making_shard, folder.path(), {"plan.json"});
      }
    } catch (const SystemError& error) {
      ADD_FAILURE() << error.what();
    }
    umount2(folder.path().c_str(), MNT_DETACH);
    if (message == "(no such error)") break;
  }
  EXPECT_TRUE(has_failed);
}

}  // namespace
}  // namespace foldwave::store
