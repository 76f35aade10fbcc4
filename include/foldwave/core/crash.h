// What a process was at work on when it crashed: a note that the next launch finds.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave {

// From now on a SIGSEGV, SIGBUS, SIGABRT or SIGFPE that this process itself brought about (not one sent from outside),
// in a thread that has a CrashSubject, leaves a note in `directory` and then ends the process as it would have ended.
// The handler calls nothing but what a handler may.
void note_crashes(const std::filesystem::path& directory);

// While it lives, this thread is at work on `subject` (cut to what a note holds, 4 KiB).
class CrashSubject {
 public:
  explicit CrashSubject(std::string_view subject);
  ~CrashSubject();
  CrashSubject(const CrashSubject&) = delete;
  CrashSubject& operator=(const CrashSubject&) = delete;
};

struct CrashNote {
  std::string subject;
  std::string signal;  // "SIGSEGV"
};
std::vector<CrashNote> read_crash_notes(const std::filesystem::path& directory);  // of all processes, in any order
void forget_crashes(const std::filesystem::path& directory);                      // removes the notes

}  // namespace foldwave
