// Which backbones there are, what they eat and what they cost: all that a room without LibTorch needs to know of them.
#pragma once

#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::models {

void declare_options(OptionRegistry& registry);  // model.channels, .hidden, .dropout

enum class Input { mel, summary };

bool known(const std::string& name);
std::vector<std::string> names();
Input input_of(const std::string& name);  // InputError on an unknown name, listing the known ones
double relative_cost(
    const std::string& name);  // of a training step, resnet18 = 1: for packing before anything was measured

}  // namespace foldwave::models
