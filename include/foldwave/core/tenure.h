// Whether this process may still write: a launch works under a lease, a file that names it. Whoever finds another's
// name there, after he was stopped for long or cut off, was given up for dead and must not write over what his
// successor does.
#pragma once

#include <filesystem>
#include <string>

namespace foldwave {

class Tenure {
 public:
  Tenure(std::filesystem::path lease, std::string launch);  // from now on, for all threads; one a process
  ~Tenure();
  Tenure(const Tenure&) = delete;
  Tenure& operator=(const Tenure&) = delete;
  // Asked before a file gets its name or a journal its line. SystemError where the lease has gone or names another.
  static void check();
};

}  // namespace foldwave
