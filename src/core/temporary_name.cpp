#include "core/temporary_name.h"

#include <fmt/format.h>
#include <unistd.h>

namespace foldwave {

std::string host_name() {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return host;
}

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  std::filesystem::path name = target;
  name += fmt::format("{}{}-{}", temporary_mark, host_name(), ::getpid());
  return name;
}

}  // namespace foldwave
