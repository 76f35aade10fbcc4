// The checkpoints that a trial goes on from, as far as others have to know of them.
#pragma once

#include <filesystem>

namespace foldwave::training {

// Takes those of a trial away whose outcome is there; nothing where there are none.
void remove_states(const std::filesystem::path& trial_directory);

}  // namespace foldwave::training
