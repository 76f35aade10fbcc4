// What a process was at work on when it crashed: a note that the next launch finds.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave {

// From now on a SIGSEGV, SIGBUS, SIGABRT or SIGFPE leaves one line on stderr and ends the process as it does by
// default; where the process brought it about itself (it was not sent from outside) in a thread that has a
// CrashSubject, also a note in `directory`. Replaces earlier handlers: call it after MPI_Init, whose handlers print a
// bare stack trace. Throws SystemError.
void note_crashes(const std::filesystem::path& directory);

// While it lives, this thread is at work on `subject` (cut to what a note holds, 4 KiB).
class CrashSubject {
 public:
  explicit CrashSubject(std::string_view subject);
  ~CrashSubject();
  CrashSubject(const CrashSubject&) = delete;
  CrashSubject& operator=(const CrashSubject&) = delete;

 private:
  std::string outer_;  // what the thread goes back to
};

struct CrashNote {
  std::string subject;
  std::string signal;  // "SIGSEGV"
  double unix_s = 0;   // when
};
// Of all processes, in the order of their file names; torn and foreign files are passed over. Throws SystemError.
std::vector<CrashNote> read_crash_notes(const std::filesystem::path& directory);
void forget_crashes(const std::filesystem::path& directory);  // removes the notes, torn ones too; throws SystemError

}  // namespace foldwave
