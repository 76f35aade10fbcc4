// What a feature store calls itself and its files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace foldwave::store {

inline const std::string format_name = "foldwave-features";
constexpr int64_t format_version = 1;

inline std::filesystem::path plan_path(const std::filesystem::path& directory) { return directory / "plan.json"; }
inline std::filesystem::path index_path(const std::filesystem::path& directory) { return directory / "index.h5"; }

}  // namespace foldwave::store
