#include "foldwave/core/host.h"

#include <unistd.h>

namespace foldwave {

std::string host_name() {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return host;
}

}  // namespace foldwave
