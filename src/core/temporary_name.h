// How a file is called while it is written: its own name, a mark, and who writes it.
#pragma once

#include <filesystem>
#include <string_view>

namespace foldwave {

constexpr std::string_view temporary_mark = ".writing-";

std::filesystem::path temporary_name(const std::filesystem::path& target);  // of this process

}  // namespace foldwave
