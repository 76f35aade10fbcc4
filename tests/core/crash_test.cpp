#include "foldwave/core/crash.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <thread>

#include "foldwave/core/files.h"

namespace foldwave {
namespace {

// The ways to crash; without the sanitizers, which would be there before the signal.
#define UNCHECKED __attribute__((noinline, no_sanitize("address", "undefined")))

UNCHECKED void read_nowhere() {
  const volatile char* volatile nowhere = nullptr;  // so that no compiler knows it
  asm volatile("" ::"r"(*nowhere) : "memory");
}
// The kernel gives no fault address for one that no page could have.
UNCHECKED void read_nowhere_of_the_address_space() {
  const volatile char* volatile nowhere = reinterpret_cast<const volatile char*>(0x8000'0000'0000'0000);
  asm volatile("" ::"r"(*nowhere) : "memory");
}
UNCHECKED void read_behind_a_shrunken_file(const std::filesystem::path& path) {
  std::ofstream(path) << std::string(8192, 'x');
  const int file = open(path.c_str(), O_RDONLY);
  const auto* const bytes = static_cast<const volatile char*>(mmap(nullptr, 8192, PROT_READ, MAP_SHARED, file, 0));
  std::filesystem::resize_file(path, 0);
  asm volatile("" ::"r"(bytes[5000]) : "memory");
}
// NOLINTNEXTLINE(misc-no-recursion): that is what it is for
UNCHECKED size_t overflow_the_stack(size_t depth) {
  volatile char frame[4096];
  frame[depth % sizeof frame] = 1;
  if (depth == std::numeric_limits<size_t>::max()) return 0;
  return overflow_the_stack(depth + 1) + static_cast<size_t>(frame[0]);
}
void divide_by_zero() {
#ifdef __x86_64__  // in assembler, because for a compiler it is undefined
  asm volatile("xor %%ecx, %%ecx; mov $1, %%eax; xor %%edx, %%edx; div %%ecx" ::: "eax", "ecx", "edx", "cc");
#else
  std::raise(SIGFPE);
#endif
}

class Crash : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("foldwave-crash-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // A child that notes crashes and does `work`; its wait status, and in `said_` what it wrote to stderr.
  int child(const std::function<void()>& work) {
    const std::filesystem::path said = directory_ / "stderr";
    const pid_t process = fork();
    if (process == 0) {
      const int file = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
      dup2(file, STDERR_FILENO);
      for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE}) std::signal(signal, [](int) { _exit(99); });
      note_crashes(directory_);
      work();
      _exit(0);
    }
    int status = 0;
    waitpid(process, &status, 0);
    said_ = read_file(said);
    return status;
  }
  // A child in which a second thread does `work` on `subject`.
  int child_at_work_on(const std::string& subject, const std::function<void()>& work) {
    return child([&] {
      std::thread([&] {
        const CrashSubject here(subject);
        work();
      }).join();
    });
  }
  void expect_note(int status, int signal, const std::string& name, const std::string& subject) const {
    EXPECT_TRUE(WIFSIGNALED(status)) << status;
    EXPECT_EQ(WTERMSIG(status), signal);
    const auto notes = read_crash_notes(directory_);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].subject, subject);
    EXPECT_EQ(notes[0].signal, name);
    forget_crashes(directory_);
    EXPECT_TRUE(read_crash_notes(directory_).empty());
  }

  std::filesystem::path directory_;
  std::string said_;
};

TEST_F(Crash, IsNotedWithWhatTheThreadWasAtWorkOn) {
  expect_note(child_at_work_on("a.ogg", read_nowhere), SIGSEGV, "SIGSEGV", "a.ogg");
  expect_note(child_at_work_on("b.ogg", read_nowhere_of_the_address_space), SIGSEGV, "SIGSEGV", "b.ogg");
  expect_note(child_at_work_on("c.ogg", [] { std::abort(); }), SIGABRT, "SIGABRT", "c.ogg");
  expect_note(child_at_work_on("d.ogg", [] { std::raise(SIGFPE); }), SIGFPE, "SIGFPE", "d.ogg");
  expect_note(child_at_work_on("e.ogg", divide_by_zero), SIGFPE, "SIGFPE", "e.ogg");
  const auto mapped = [this] { read_behind_a_shrunken_file(directory_ / "mapped"); };
  expect_note(child_at_work_on("f.ogg", mapped), SIGBUS, "SIGBUS", "f.ogg");
}

TEST_F(Crash, IsNotedWhereTheStackHasOverflown) {
  expect_note(child_at_work_on("deep.mp3", [] { overflow_the_stack(0); }), SIGSEGV, "SIGSEGV", "deep.mp3");
  const auto in_first_thread = [] {
    const CrashSubject here("deep.mp3");
    overflow_the_stack(0);
  };
  expect_note(child(in_first_thread), SIGSEGV, "SIGSEGV", "deep.mp3");
}

TEST_F(Crash, IsSaidInOneLine) {
  child_at_work_on("two\nlines.ogg", read_nowhere);
  EXPECT_EQ(
      said_,
      "foldwave: crashed (SIGSEGV) while reading 'two?lines.ogg'; the same command goes on, and leaves out a file "
      "that crashes it twice\n");
  child(read_nowhere);
  EXPECT_EQ(said_, "foldwave: crashed (SIGSEGV)\n");
}

TEST_F(Crash, KeepsEveryByteOfASubjectUpToWhatANoteHolds) {
  const std::string odd("\n a\0b%\xff\xc3\xa9 'end\n", 14);
  expect_note(child_at_work_on(odd, read_nowhere), SIGSEGV, "SIGSEGV", odd);
  const std::string full(4096, 'x');
  expect_note(child_at_work_on(full, read_nowhere), SIGSEGV, "SIGSEGV", full);
  expect_note(child_at_work_on(full + "y", read_nowhere), SIGSEGV, "SIGSEGV", full);
}

TEST_F(Crash, OfAThreadWithoutASubjectBlamesNobody) {
  const int status = child([] {
    const CrashSubject elsewhere("innocent.ogg");
    std::thread(read_nowhere).join();
  });
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
  EXPECT_TRUE(read_crash_notes(directory_).empty());
}

TEST_F(Crash, AfterTheWorkBlamesNobody) {
  const int status = child([] {
    { const CrashSubject done("innocent.ogg"); }
    read_nowhere();
  });
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
  EXPECT_TRUE(read_crash_notes(directory_).empty());
}

TEST_F(Crash, InsideAnotherSubjectIsOfTheInnerOneAndThenOfTheOuterOne) {
  const auto inner = [] {
    const CrashSubject here("inner");
    read_nowhere();
  };
  expect_note(child_at_work_on("outer", inner), SIGSEGV, "SIGSEGV", "inner");
  const auto after_inner = [] {
    { const CrashSubject done("inner"); }
    read_nowhere();
  };
  expect_note(child_at_work_on("outer", after_inner), SIGSEGV, "SIGSEGV", "outer");
}

TEST_F(Crash, BroughtAboutFromOutsideBlamesNobody) {
  const pid_t parent = getpid();
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGKILL}) {
    const int status = child([&] {
      const CrashSubject here("innocent.ogg");
      const pid_t self = getpid();
      if (fork() == 0) {
        kill(self, signal);
        _exit(0);
      }
      while (getppid() == parent) pause();
    });
    EXPECT_TRUE(WIFSIGNALED(status)) << signal;
    EXPECT_EQ(WTERMSIG(status), signal);
    EXPECT_TRUE(read_crash_notes(directory_).empty()) << signal;
    EXPECT_EQ(said_.find("innocent"), std::string::npos) << said_;
  }
}

TEST_F(Crash, OfTwoThreadsAtOnceIsNotedOnceAndWhole) {
  for (int i = 0; i < 20; ++i) {
    const int status = child([] {
      const auto crash = [] {
        const CrashSubject here("one of two");
        read_nowhere();
      };
      std::thread first(crash), second(crash);
      first.join();
      second.join();
    });
    expect_note(status, SIGSEGV, "SIGSEGV", "one of two");
  }
}

TEST_F(Crash, LeavesANoteForEachProcess) {
  child_at_work_on("a", read_nowhere);
  child_at_work_on("b", [] { std::abort(); });
  EXPECT_EQ(read_crash_notes(directory_).size(), 2U);
}

TEST_F(Crash, NotesThatAreTornOrForeignArePassedOver) {
  child_at_work_on("a.ogg", read_nowhere);
  std::string whole;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().extension() == ".note") whole = read_file(entry.path());
  }
  forget_crashes(directory_);
  for (size_t length = 0; length < whole.size(); ++length) {
    publish(directory_ / "crash-host-1.note", whole.substr(0, length));
    EXPECT_TRUE(read_crash_notes(directory_).empty()) << length;
  }
  publish(directory_ / "crash-host-1.note", whole + "more");
  publish(directory_ / "crash-host-2.note", "some other program's");
  publish(directory_ / "another.note", whole);
  std::filesystem::create_directory(directory_ / "crash-host-3.note");
  EXPECT_TRUE(read_crash_notes(directory_).empty());
  publish(directory_ / "crash-host-1.note", whole);
  EXPECT_EQ(read_crash_notes(directory_).size(), 1U);
  forget_crashes(directory_);
  EXPECT_TRUE(std::filesystem::exists(directory_ / "another.note"));
  EXPECT_TRUE(std::filesystem::exists(directory_ / "crash-host-3.note"));
}

TEST_F(Crash, OfAProcessWhoseNotesHaveNoPlaceEndsAsEver) {
  const int status = child([this] {
    std::filesystem::create_directory(directory_ / "gone");
    note_crashes(directory_ / "gone");
    std::filesystem::remove(directory_ / "gone");
    const CrashSubject here("a.ogg");
    read_nowhere();
  });
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
  EXPECT_TRUE(read_crash_notes(directory_ / "gone").empty());
}

}  // namespace
}  // namespace foldwave
