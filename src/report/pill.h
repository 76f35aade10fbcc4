// How a thing stands, as a sign and a word, so that it can be told without colour.
#pragma once

#include <string>

#include "report/html.h"

namespace foldwave::report {

Html pill(const std::string& state);  // "finished", "failed", "running", ...

}  // namespace foldwave::report
