// Every network that foldwave knows, one line each.
#include "models/registry.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/models/models.h"

namespace foldwave::models {
namespace {

enum class Kind { backbone, on_summaries, shallow };

struct Entry {
  const char* name;
  Kind kind;
  double relative_cost;  // of a training step with bf16 where that is the default; resnet18 = 1
  bool bf16_on_cpu;      // trains faster in bf16 where the CPU has instructions for it
  bool bf16_on_gpu;      // or at least as fast, with half of the memory
  MakeNetwork* make;
  int least_side = 1;  // of a picture that it can read
};

// bf16, measured with timm's steps beside fp32 (channels-last) on a CPU with AMX: resnet18 1.95, resnext50_32x4d 1.70,
// efficientnet_b0 0.90 times as fast. The other entries follow their kin: dense convolutions gain, depthwise ones lose;
// convnext_tiny, mostly matrix products, is taken to gain. Predictions gain with all of them there:
// efficientnet_b0 1.4, b2 1.1, b4 1.5, tf_efficientnet_lite0 1.8, mobilenetv3_large_100 1.3, cnn_small 2.3,
// resnext50_32x4d 2.1, resnet18 3.3, convnext_tiny 3 times as fast. On an H100, batch 64 of 128 x 256, samples/s over
// those in fp32 (whose convolutions are TF32 there): resnet34 1.16, resnet50 1.30, resnext50_32x4d 1.30,
// efficientnet_b2 1.00, b3 1.07, b4 0.96, tf_efficientnet_lite0 1.01; resnet18 0.82, efficientnet_b0 0.75, b1 0.76,
// whose many small kernels autocast adds to. convnext_tiny, cnn_small and mobilenetv3_large_100 follow their kin.
// README has the table.
constexpr Entry entries[] = {
    {"mfcc_mlp", Kind::on_summaries, 0.002, false, false, make_mfcc_mlp},
    {"logistic", Kind::shallow, 0.002, false, false, make_logistic},
    {"rbf", Kind::shallow, 0.01, false, false, make_rbf},
    {"cnn_small", Kind::backbone, 0.5, true, true, make_cnn_small},
    {"resnet18", Kind::backbone, 1.0, true, false, make_resnet18},
    {"resnet34", Kind::backbone, 1.7, true, true, make_resnet34},
    {"resnet50", Kind::backbone, 3.3, true, true, make_resnet50},
    {"resnext50_32x4d", Kind::backbone, 4.3, true, true, make_resnext50_32x4d},
    {"efficientnet_b0", Kind::backbone, 2.6, false, false, make_efficientnet_b0},
    {"efficientnet_b1", Kind::backbone, 3.5, false, false, make_efficientnet_b1},
    {"efficientnet_b2", Kind::backbone, 3.5, false, true, make_efficientnet_b2},
    {"efficientnet_b3", Kind::backbone, 4.8, false, true, make_efficientnet_b3},
    {"efficientnet_b4", Kind::backbone, 6.4, false, true, make_efficientnet_b4},
    {"tf_efficientnet_lite0", Kind::backbone, 2.7, false, true, make_tf_efficientnet_lite0},
    {"convnext_tiny", Kind::backbone, 5.2, true, true, make_convnext_tiny, 32},
    {"mobilenetv3_large_100", Kind::backbone, 1.7, false, false, make_mobilenetv3_large_100},
};

const Entry& entry(const std::string& name) {
  for (const Entry& e : entries)
    if (name == e.name) return e;
  std::string all;
  for (const Entry& e : entries) all += (all.empty() ? "" : ", ") + std::string(e.name);
  throw InputError("unknown backbone '" + name + "'; known are " + all);
}

}  // namespace

bool known(const std::string& name) {
  return std::any_of(std::begin(entries), std::end(entries), [&](const Entry& e) { return name == e.name; });
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Entry& e : entries) all.emplace_back(e.name);
  return all;
}

bool takes_mel(const std::string& name) { return entry(name).kind == Kind::backbone; }

bool is_shallow(const std::string& name) { return entry(name).kind == Kind::shallow; }

double relative_cost(const std::string& name) { return entry(name).relative_cost; }

bool trains_faster_in_bf16_on_cpu(const std::string& name) { return entry(name).bf16_on_cpu; }
bool predicts_faster_in_bf16_on_cpu(const std::string& name) { return takes_mel(name); }
int least_side(const std::string& name) { return entry(name).least_side; }
bool as_fast_in_bf16_on_gpu(const std::string& name) { return entry(name).bf16_on_gpu; }

std::shared_ptr<Network> make_network(const ModelConfig& config, uint32_t seed) {
  return entry(config.name).make(config, at::detail::createCPUGenerator(seed));
}

}  // namespace foldwave::models
