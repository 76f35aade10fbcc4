// The command line of foldwave-demo-data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace demo {

struct Options {
  std::filesystem::path out;
  int clips = 160;     // audio files
  double seconds = 6;  // nominal length of a file, silence included
  double test_share = 0.25;
  int genres = 6;
  int threads = 0;  // 0: as many as the machine has cores
  std::uint64_t seed = 1;
  bool help = false;
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Options parse_options(int argc, const char* const* argv);
std::string usage();

}  // namespace demo
