// What a file looks like from outside: as long as that is the same, a verdict on what is in it stands.
#pragma once

#include <filesystem>
#include <string>

namespace foldwave::preparation {

// Size, times, whether it may be read; and `timeout_s`, because more patience may end otherwise.
std::string stamp_of(const std::filesystem::path& file, double timeout_s);

}  // namespace foldwave::preparation
