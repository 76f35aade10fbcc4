#include "foldwave/core/crash.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstring>
#include <memory>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"

namespace foldwave {
namespace {

struct NotedSignal {
  int number;
  std::string_view name;
};
constexpr std::array noted_signals = {NotedSignal{SIGSEGV, "SIGSEGV"}, NotedSignal{SIGBUS, "SIGBUS"},
                                      NotedSignal{SIGABRT, "SIGABRT"}, NotedSignal{SIGFPE, "SIGFPE"}};

constexpr size_t kSubjectBytes = 4096;
constexpr size_t kAlternateStackBytes = 64 << 10;  // the saved vector registers alone may take 11 KiB

// A note: this line, the signal's name, the subject's length, the subject, and an end that a torn note lacks.
constexpr std::string_view kNoteBegin = "foldwave crash note 1\n", kNoteEnd = "\nend\n";
constexpr std::string_view kNoteName = "crash-", kNoteExtension = ".note";

// All that the handler reads lies here beforehand: no memory is asked for in a process that has just crashed.
char note_path[PATH_MAX];
constinit thread_local char subject_bytes[kSubjectBytes];
constinit thread_local volatile size_t subject_length = 0;
std::atomic<pid_t> crashed_thread{0};
static_assert(std::atomic<pid_t>::is_always_lock_free, "a signal handler writes it");

// Text put together without a heap, cut where it does not fit.
class FixedText {
 public:
  FixedText& operator<<(std::string_view text) {
    const size_t bytes = std::min(text.size(), sizeof bytes_ - size_);
    std::memcpy(bytes_ + size_, text.data(), bytes);
    size_ += bytes;
    return *this;
  }
  FixedText& operator<<(size_t number) {
    char digits[24];
    size_t first = sizeof digits;
    do digits[--first] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    return *this << std::string_view(digits + first, sizeof digits - first);
  }
  FixedText& printable(std::string_view text) {  // on one line, whatever the bytes
    const size_t begin = size_;
    *this << text;
    std::replace_if(
        bytes_ + begin, bytes_ + size_, [](unsigned char c) { return c < ' ' || c == 127; }, '?');
    return *this;
  }
  void write_to(int descriptor) const {
    for (size_t done = 0; done < size_;) {
      const ssize_t n = ::write(descriptor, bytes_ + done, size_ - done);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;
      done += static_cast<size_t>(n);
    }
  }

 private:
  char bytes_[kSubjectBytes + 512];
  size_t size_ = 0;
};

std::string_view subject() { return {subject_bytes, subject_length}; }

std::string_view name_of(int signal) {
  for (const NotedSignal& noted : noted_signals) {
    if (noted.number == signal) return noted.name;
  }
  return "a signal";
}

// Of the kernel's own only broken memory (BUS_MCEERR) is no doing of this process; of the sent ones abort() and
// raise().
bool brought_about_here(const siginfo_t& info) {
  if (info.si_signo == SIGBUS && (info.si_code == BUS_MCEERR_AR || info.si_code == BUS_MCEERR_AO)) return false;
  return info.si_code > 0 || (info.si_code == SI_TKILL && info.si_pid == ::getpid());
}

void leave_note(int signal) {
  const int file = ::open(note_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  FixedText note;
  note << kNoteBegin << name_of(signal) << "\n" << subject().size() << "\n" << subject() << kNoteEnd;
  note.write_to(file);
  ::fsync(file);
  ::close(file);
}

void say(int signal, bool own) {
  FixedText line;
  line << "foldwave: " << (own ? "crashed (" : "ended from outside (") << name_of(signal) << ")";
  if (own && !subject().empty()) {
    line << " while reading '";
    line.printable(subject()) << "'; the same command goes on, and leaves out a file that crashes it twice";
  }
  line << "\n";
  line.write_to(STDERR_FILENO);
}

// One thread's crash is noted; others that crash meanwhile wait for the end that it brings.
void on_crash(int signal, siginfo_t* info, void*) {
  pid_t first = 0;
  const pid_t self = ::gettid();
  if (crashed_thread.compare_exchange_strong(first, self)) {
    const bool own = brought_about_here(*info);
    if (own && !subject().empty()) leave_note(signal);
    say(signal, own);
  } else if (first != self) {
    for (;;) ::pause();
  }
  // A faulting instruction faults again on return, now without a handler; any other signal is sent again.
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  ::sigaction(signal, &by_default, nullptr);
  if (info->si_code <= 0) ::raise(signal);
}

// A handler cannot run on a stack that has overflown. Where a thread has a second stack already, that one serves.
class AlternateStack {
 public:
  AlternateStack() {
    stack_t there{};
    if (::sigaltstack(nullptr, &there) != 0 || (there.ss_flags & SS_DISABLE) == 0) return;
    memory_ = std::make_unique<char[]>(kAlternateStackBytes);
    stack_t ours{};
    ours.ss_sp = memory_.get();
    ours.ss_size = kAlternateStackBytes;
    if (::sigaltstack(&ours, nullptr) != 0) memory_.reset();
  }
  ~AlternateStack() {
    if (!memory_) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  std::unique_ptr<char[]> memory_;
};

void set_subject(std::string_view text) {
  subject_length = 0;  // at no time are the old bytes taken for the new ones
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const size_t length = std::min(text.size(), kSubjectBytes);
  std::memcpy(subject_bytes, text.data(), length);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  subject_length = length;
}

std::string_view take_until(std::string_view& text, std::string_view mark) {
  const size_t end = text.find(mark);
  if (end == std::string_view::npos) return {};
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + mark.size());
  return taken;
}

double unix_s(const timespec& time) {
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

bool parse(std::string_view text, CrashNote& note) {
  if (!text.starts_with(kNoteBegin)) return false;
  text.remove_prefix(kNoteBegin.size());
  note.signal = take_until(text, "\n");
  const std::string_view digits = take_until(text, "\n");
  size_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() || length > kSubjectBytes) return false;
  note.subject = text.substr(0, length);
  return note.subject.size() == length && text.substr(length) == kNoteEnd;
}

std::vector<std::filesystem::path> note_files(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    std::error_code ignored;
    if (name.starts_with(kNoteName) && name.ends_with(kNoteExtension) && entry->is_regular_file(ignored))
      files.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw SystemError("listing '" + directory.string() + "': " + error.message());
  std::ranges::sort(files);
  return files;
}

}  // namespace

void note_crashes(const std::filesystem::path& directory) {
  // In containers every launch may have the same host and process id, hence the time.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string path =
      std::filesystem::absolute(directory) / fmt::format("{}{}-{}-{:x}{}", kNoteName, host_name(), ::getpid(),
                                                         std::chrono::nanoseconds(now).count(), kNoteExtension);
  if (path.size() >= sizeof note_path) throw SystemError("noting crashes in '" + path + "'", ENAMETOOLONG);
  std::memcpy(note_path, path.c_str(), path.size() + 1);

  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (const NotedSignal& noted : noted_signals) {
    if (::sigaction(noted.number, &action, nullptr) != 0) throw SystemError("noting crashes", errno);
  }
}

CrashSubject::CrashSubject(std::string_view text) : outer_(subject()) {
  static thread_local const AlternateStack alternate_stack;
  set_subject(text);
}

CrashSubject::~CrashSubject() { set_subject(outer_); }

std::vector<CrashNote> read_crash_notes(const std::filesystem::path& directory) {
  std::vector<CrashNote> notes;
  for (const auto& file : note_files(directory)) {
    CrashNote note;
    if (!parse(read_file(file), note)) continue;
    struct stat found {};
    if (::stat(file.c_str(), &found) == 0) note.unix_s = unix_s(found.st_mtim);
    notes.push_back(std::move(note));
  }
  return notes;
}

void forget_crashes(const std::filesystem::path& directory) {
  for (const auto& file : note_files(directory)) {
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error) throw SystemError("removing '" + file.string() + "': " + error.message());
  }
}

}  // namespace foldwave
