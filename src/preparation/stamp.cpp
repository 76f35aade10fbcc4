#include "preparation/stamp.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

namespace foldwave::preparation {

std::string stamp_of(const std::filesystem::path& file, double timeout_s) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return nlohmann::json::array({"errno", errno}).dump();
  const auto nanoseconds = [](const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  const bool readable = ::access(file.c_str(), R_OK) == 0;
  return nlohmann::json::array(
             {found.st_size, nanoseconds(found.st_mtim), nanoseconds(found.st_ctim), readable, timeout_s})
      .dump();
}

}  // namespace foldwave::preparation
