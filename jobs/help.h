// What foldwave says of itself: all of it from the commands and the registry of keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foldwave/core/options.h"
#include "jobs/commands.h"

namespace foldwave::jobs {

// Keys that concern a command, in the order of what it reads.
std::vector<const Option*> keys_of(const Command& command, const OptionRegistry& registry);

std::string overview();  // the commands, a line each
// program: as it was called, so that the example works as pasted. all: every key, else what fits a screen.
std::string command_help(const Command& command, const OptionRegistry& registry, const std::string& program, bool all,
                         size_t columns);
// Every key of a section ("train", "augment"), or of all; InputError where there is no such section.
std::string keys_help(const OptionRegistry& registry, const std::string& section, size_t columns);

std::string manual_page(const OptionRegistry& registry);      // roff, for man(1)
std::string bash_completion(const OptionRegistry& registry);  // to be sourced

// What these words ask for, if it is help, version, completion or the manual page; nothing if they are a command's.
// Needs no MPI. InputError on a topic that is not there.
std::optional<std::string> answer(const std::vector<std::string>& words);
// Where the command stands: first, or behind options that all commands take. words.size() where there is none.
size_t place_of_command(const std::vector<std::string>& words);
const Command& command_named(const std::string& name);  // InputError, with the one that may be meant

}  // namespace foldwave::jobs
