// What this rank did, for who asks afterwards why it was slow: a file of its own, a line when it happens.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave {

// outcome: what a command was started for, shown however little is asked for.
enum class LogLevel { debug, info, warning, error, outcome };

const std::vector<std::string>& log_level_names();  // those that a user can ask for, in their order
LogLevel log_level(const std::string& name);        // of one of them

// One a process; thread-safe. Its lines are kept in memory until there is a file, so that none is lost of a command
// that has one, and none is written of a command that has not.
//   2026-11-26T20:57:26.123Z info    train    resnet18+masks/seed-1/fold-0: finished in 15.5 s
class Log {
 public:
  static void keep_from(LogLevel least);       // lines below it are not kept
  static void enter(const std::string& what);  // the stage that later lines are of
  // From now on each line is written as it is said; first `title`, then what was said before. The log is a help, not a
  // condition: a disk that takes nothing fails nobody, what cannot be written is not.
  static void open(const std::filesystem::path& file, const std::string& title);
  static void say(LogLevel level, std::string_view message);  // each line of it becomes one
};

}  // namespace foldwave
