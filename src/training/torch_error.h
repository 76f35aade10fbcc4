// LibTorch's errors without their stack traces.
#pragma once

#include <c10/util/Exception.h>

#include <string>

#include "foldwave/core/errors.h"

namespace foldwave::training {

inline SystemError first_line_of(const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  return SystemError("LibTorch: " + text.substr(0, text.find('\n')));
}

}  // namespace foldwave::training
