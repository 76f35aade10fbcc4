#include "foldwave/core/host.h"

#include <unistd.h>

#include <cstdlib>

namespace foldwave {

std::string host_name() {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return host;
}

std::string environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

}  // namespace foldwave
