// This machine.
#pragma once

#include <string>

namespace foldwave {

std::string host_name();

}  // namespace foldwave
