#include <gtest/gtest.h>

#include "foldwave/models/backbones.h"
#include "foldwave/training/training.h"

namespace foldwave::training {
namespace {

constexpr int cpu = -1, gpu = 0;

TEST(Precision, IsWhatWasAskedFor) {
  for (const std::string wanted : {"fp32", "bf16"})
    for (const int device : {cpu, gpu}) EXPECT_EQ(precision_of(wanted, "efficientnet_b0", device), wanted);
}

TEST(Precision, OfItselfIsBf16OnGpusWhereItIsNoSlower) {
  for (const std::string model : {"resnet34", "resnet50", "resnext50_32x4d", "efficientnet_b4", "convnext_tiny"})
    EXPECT_EQ(precision_of("auto", model, gpu), "bf16") << model;
  for (const std::string model : {"resnet18", "efficientnet_b0", "mobilenetv3_large_100", "mfcc_mlp", "rbf"})
    EXPECT_EQ(precision_of("auto", model, gpu), "fp32") << model;
}

TEST(Precision, OfItselfIsFp32OnCpusForDepthwiseNetsAndSummaries) {
  for (const std::string model :
       {"efficientnet_b0", "tf_efficientnet_lite0", "mobilenetv3_large_100", "mfcc_mlp", "rbf"})
    EXPECT_EQ(precision_of("auto", model, cpu), "fp32") << model;
}

}  // namespace
}  // namespace foldwave::training
