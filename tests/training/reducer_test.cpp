#include "training/reducer.h"

#include <gtest/gtest.h>

#include "comm/thread_group.h"

namespace foldwave::training {
namespace {

TEST(BucketLayout, BeginsWithASmallBucketOfTheLastParameters) {
  const std::vector<torch::Tensor> parameters{torch::zeros({4 << 20}), torch::zeros({4 << 20}), torch::zeros({100}),
                                              torch::zeros({200'000})};
  EXPECT_EQ(bucket_layout(parameters), (std::vector<std::vector<size_t>>{{3, 2}, {1}, {0}}));
}

TEST(Reducer, SumsGradientsAndTailOverTheGroupAndKeepsTheLayoutOfChannelsLast) {
  comm::ThreadGroup group(3);
  const auto failures = group.run([](comm::Communicator& communicator) {
    const auto weight = torch::ones({2, 3, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
    const auto unused = torch::ones({4}).requires_grad_();
    StepSums sums(communicator);
    Reducer reducer({weight, unused}, sums, 2);
    std::vector<float> tail{1, static_cast<float>(communicator.rank())};
    const auto pass = [&] {
      reducer.begin_step();
      (weight * (communicator.rank() + 1)).sum().backward();
    };
    sums.begin_learning();
    pass();
    reducer.finish(tail);
    sums.end_learning();
    pass();
    reducer.finish(tail);
    if (tail[0] != 3 || tail[1] != 3) throw std::runtime_error("tail");
    if (!torch::equal(weight.grad(), torch::full({2, 3, 3, 3}, 6.0))) throw std::runtime_error("gradient");
    if (weight.grad().strides() != weight.strides()) throw std::runtime_error("strides");
    if (unused.grad().defined()) throw std::runtime_error("a gradient out of nothing");
  });
  EXPECT_EQ(failures, std::vector<std::string>(3));
}

}  // namespace
}  // namespace foldwave::training
