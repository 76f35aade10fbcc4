#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <boost/version.hpp>

#include "foldwave/core/library.h"

namespace foldwave {

std::vector<Library> libraries() {
#ifdef __clang__
  const std::string compiler = "clang " __clang_version__;
#else
  const std::string compiler = "gcc " __VERSION__;
#endif
  return {{"compiler", compiler},
          {"glibc", gnu_get_libc_version()},
          {"Boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"Random123", "headers, which name no version"}};
}

}  // namespace foldwave
