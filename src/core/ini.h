// An INI file as key, value and line; the grammar is Boost.Program_options', refusals are ours.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace foldwave {

struct IniEntry {
  std::string key, value;  // "features.n_fft", "2048"
  int line = 0;            // 1-based
};
std::vector<IniEntry> read_ini(const std::filesystem::path& path);  // throws InputError

}  // namespace foldwave
