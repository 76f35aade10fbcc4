// This machine.
#pragma once

#include <string>

namespace foldwave {

std::string host_name();
std::string environment_variable(const std::string& name);  // empty where it is not set

}  // namespace foldwave
