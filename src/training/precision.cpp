#include "training/precision.h"

#include <ATen/autocast_mode.h>

#include "foldwave/models/backbones.h"
#include "training/device.h"

namespace foldwave::training {
namespace {

bool cpu_has_bf16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") || __builtin_cpu_supports("amx-bf16");
#else
  return false;
#endif
}

}  // namespace

Precision choose_precision(const std::string& wanted, const std::string& model, const torch::Device& device,
                           Work work) {
  if (wanted == "fp32") return Precision::fp32;
  if (wanted == "bf16") return Precision::bf16;
  bool gains = false;
  if (!device.is_cpu())
    gains = models::as_fast_in_bf16_on_gpu(model);
  else if (cpu_has_bf16())
    gains = work == Work::training ? models::trains_faster_in_bf16_on_cpu(model)
                                   : models::predicts_faster_in_bf16_on_cpu(model);
  return gains ? Precision::bf16 : Precision::fp32;
}

std::string name_of(Precision precision) { return precision == Precision::bf16 ? "bf16" : "fp32"; }

std::string precision_of(const std::string& wanted, const std::string& model, int device, Work work) {
  return name_of(choose_precision(wanted, model, device_of(device), work));
}

Autocast::Autocast(Precision precision, const torch::Device& device)
    : type_(device.type()),
      was_enabled_(at::autocast::is_autocast_enabled(type_)),
      old_type_(at::autocast::get_autocast_dtype(type_)) {
  at::autocast::set_autocast_enabled(type_, precision == Precision::bf16);
  at::autocast::set_autocast_dtype(type_, at::kBFloat16);
  at::autocast::increment_nesting();
}

Autocast::~Autocast() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(type_, was_enabled_);
  at::autocast::set_autocast_dtype(type_, old_type_);
}

}  // namespace foldwave::training
