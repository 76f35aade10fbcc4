// Under an MPI that lets only one thread call it, as some do.
#include <gtest/gtest.h>
#include <mpi.h>

#include <set>

#include "foldwave/comm/share_work.h"
#include "mpi/world_main.h"

// In place of MPI's own.
extern "C" int MPI_Query_thread(int* provided) {
  *provided = MPI_THREAD_FUNNELED;
  return MPI_SUCCESS;
}

namespace foldwave::comm {
namespace {

TEST(OneThread, RankZeroDoesAtLastWhatNoOtherRankMayHave) {
  std::multiset<int> done;
  std::set<int> at_rank_0;
  SharedWork shared;
  shared.work = [](int, const SharedWork::Say&) { return std::string(); };
  shared.may_have = [](int item, int rank) { return item % 5 != 0 || rank == 0; };
  shared.on_outcome = [&](int item, int rank, const std::string&) {
    done.insert(item);
    if (rank == 0) at_rank_0.insert(item);
  };
  EXPECT_EQ(share_work(world->all(), 20, shared), 20);
  if (world->rank() != 0) return;
  EXPECT_EQ(done.size(), 20U);
  EXPECT_EQ(std::set<int>(done.begin(), done.end()).size(), 20U);
  if (world->size() > 1) {
    EXPECT_EQ(at_rank_0, (std::set<int>{0, 5, 10, 15}));
  }
}

TEST(OneThread, SumsAreMadeByTheCaller) {
  const auto communicator = make_mpi_communicator(world->all());
  for (const size_t length : {3, 100003}) {
    std::vector<float> values(length, static_cast<float>(world->rank() + 1));
    communicator->start_sum(values);
    communicator->wait();
    const int sum = world->size() * (world->size() + 1) / 2;
    EXPECT_EQ(values, std::vector<float>(length, static_cast<float>(sum)));
  }
}

}  // namespace
}  // namespace foldwave::comm

int main(int argc, char** argv) { return foldwave::comm::run_all_tests(argc, argv); }
