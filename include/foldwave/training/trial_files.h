// The files of a trial, as far as others have to know of them.
#pragma once

#include <filesystem>
#include <string>

namespace foldwave::training {

// Takes those of a trial away whose outcome is there; nothing where there are none.
void remove_states(const std::filesystem::path& trial_directory);

// What a finished trial has left, for one that is the same under another name of the grid, `point`. The network comes
// last. InputError where one of its files is damaged or missing; then nothing is copied.
void copy_outcome(const std::filesystem::path& from, const std::filesystem::path& to, const std::string& point,
                  const std::string& identity);

}  // namespace foldwave::training
