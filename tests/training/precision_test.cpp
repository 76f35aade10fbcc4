#include <gtest/gtest.h>

#include "foldwave/models/backbones.h"
#include "foldwave/training/training.h"

namespace foldwave::training {
namespace {

constexpr int cpu = -1, gpu = 0;

TEST(Precision, IsWhatWasAskedFor) {
  for (const std::string wanted : {"fp32", "bf16"})
    for (const int device : {cpu, gpu})
      EXPECT_EQ(precision_of(wanted, "efficientnet_b0", device, Work::training), wanted);
}

TEST(Precision, OfItselfIsBf16OnGpusWhereItIsNoSlower) {
  for (const std::string model : {"resnet34", "resnet50", "resnext50_32x4d", "efficientnet_b4", "convnext_tiny"})
    EXPECT_EQ(precision_of("auto", model, gpu, Work::training), "bf16") << model;
  for (const std::string model : {"resnet18", "efficientnet_b0", "mobilenetv3_large_100", "mfcc_mlp", "rbf"})
    EXPECT_EQ(precision_of("auto", model, gpu, Work::training), "fp32") << model;
}

TEST(Precision, OfItselfIsFp32OnCpusForDepthwiseNetsAndSummaries) {
  for (const std::string model :
       {"efficientnet_b0", "tf_efficientnet_lite0", "mobilenetv3_large_100", "mfcc_mlp", "rbf"})
    EXPECT_EQ(precision_of("auto", model, cpu, Work::training), "fp32") << model;
}

TEST(Precision, OfPredictionsOnACpuIsTheSameForAllNetworksOnSpectrograms) {
  const std::string of_resnet = precision_of("auto", "resnet18", cpu, Work::prediction);
  EXPECT_EQ(of_resnet, precision_of("auto", "resnet18", cpu, Work::training));  // bf16 where the CPU has it
  for (const std::string model : {"efficientnet_b0", "mobilenetv3_large_100", "convnext_tiny"})
    EXPECT_EQ(precision_of("auto", model, cpu, Work::prediction), of_resnet) << model;
  EXPECT_EQ(precision_of("auto", "mfcc_mlp", cpu, Work::prediction), "fp32");
}

}  // namespace
}  // namespace foldwave::training
