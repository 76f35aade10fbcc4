#include "core/temporary_name.h"

#include <fmt/format.h>
#include <unistd.h>

#include "foldwave/core/host.h"

namespace foldwave {

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  std::filesystem::path name = target;
  name += fmt::format("{}{}-{}", temporary_mark, host_name(), ::getpid());
  return name;
}

}  // namespace foldwave
