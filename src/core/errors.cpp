#include "foldwave/core/errors.h"

#include <cstring>

namespace foldwave {

SystemError::SystemError(const std::string& what, int error_number)
    : Error(what + ": " + std::strerror(error_number)) {}

}  // namespace foldwave
