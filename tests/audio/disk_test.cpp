#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <initializer_list>
#include <optional>
#include <thread>

#include "foldwave/core/clock.h"
#include "foldwave/core/crash.h"
#include "foldwave/core/stop.h"
#include "memory.h"
#include "sound_files.h"
#include "temporary_folder.h"

namespace {

// What happens before each read of a file; in place of it where it gives a number.
std::function<std::optional<ssize_t>(size_t& count, off_t offset)> before_read;

}  // namespace

// Stands before libc's in this program: a disk that may do anything.
extern "C" ssize_t pread(int descriptor, void* buffer, size_t count, off_t offset) noexcept(false) {
  if (before_read) {
    if (const auto result = before_read(count, offset)) return *result;
  }
  return syscall(SYS_pread64, descriptor, buffer, count, offset);
}

namespace foldwave::audio {
namespace {

using namespace std::chrono_literals;

class Disk : public testing::Test {
 protected:
  Disk() {
    samples_ = noise(22050 * 20);
    write(file(), kFloatWav, 22050, 1, samples_);  // 1.8 MB
    write(other_file(), kFloatWav, 22050, 1, {0.25F});
  }
  ~Disk() override {
    hanging_ = false;
    while (hung_ > 0) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);  // until the readers that hung have left before_read
    before_read = nullptr;
  }
  std::filesystem::path file() const { return folder_ / "a.wav"; }
  std::filesystem::path other_file() const { return folder_ / "b.wav"; }

  // Until hanging_ ends.
  void hang_next_read() {
    hang_next_ = hanging_ = true;
    if (before_read) return;
    before_read = [this](size_t&, off_t) {
      if (!hang_next_.exchange(false)) return std::nullopt;
      ++hung_;
      while (hanging_) std::this_thread::sleep_for(1ms);
      --hung_;
      return std::nullopt;
    };
  }
  void read_slowly(std::chrono::milliseconds each) {
    before_read = [this, each](size_t&, off_t) {
      reader_ = std::this_thread::get_id();
      std::this_thread::sleep_for(each);
      return std::nullopt;
    };
  }
  // The exit code of a child that does `work`.
  static int child(const std::function<int()>& work) {
    const pid_t process = fork();
    if (process == 0) std::exit(work());
    int status = 0;
    waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  static AudioConfig limited_to(double file_timeout_s) {
    AudioConfig config;
    config.file_timeout_s = file_timeout_s;
    return config;
  }

  TemporaryFolder folder_;
  std::vector<float> samples_;
  std::atomic<bool> hang_next_{false}, hanging_{false};
  std::atomic<int> hung_{0};
  std::atomic<std::thread::id> reader_{};
};

TEST_F(Disk, ThatFailsIsSaidToFail) {
  for (const off_t where : {0, 1 << 20}) {
    before_read = [where](size_t&, off_t offset) -> std::optional<ssize_t> {
      if (offset < where) return std::nullopt;
      errno = EIO;
      return -1;
    };
    EXPECT_EQ(reason(file()), "cannot be read: Input/output error") << where;
  }
}

TEST_F(Disk, ThatIsInterruptedOrGivesLittleAtATimeGivesTheSame) {
  int reads = 0;
  before_read = [&reads](size_t& count, off_t) -> std::optional<ssize_t> {
    count = std::min<size_t>(count, 1001);
    if (++reads % 3 != 0) return std::nullopt;
    errno = EINTR;
    return -1;
  };
  EXPECT_EQ(load_mono(file()), samples_);
}

TEST_F(Disk, WhoseFileChangesMeanwhileSaysSo) {
  const auto grow = [this] { std::ofstream(file(), std::ios::app) << "more"; };
  const auto shrink = [this] { std::filesystem::resize_file(file(), 1'000'000); };
  const auto touch = [this] {
    std::filesystem::last_write_time(file(), std::filesystem::file_time_type::clock::now());
  };
  const auto empty = [this] { std::ofstream(file()).flush(); };
  for (const std::function<void()>& change : std::initializer_list<std::function<void()>>{grow, touch, shrink, empty}) {
    before_read = [change](size_t&, off_t offset) {
      if (offset > 500'000) change();
      return std::nullopt;
    };
    EXPECT_EQ(reason(file()), "changed while it was read");
  }
}

TEST_F(Disk, WhoseFileIsReplacedMeanwhileGivesTheOneThatWasOpened) {
  before_read = [this](size_t&, off_t offset) {
    if (offset > 500'000 && std::filesystem::exists(other_file())) std::filesystem::rename(other_file(), file());
    return std::nullopt;
  };
  EXPECT_EQ(load_mono(file()), samples_);
}

TEST_F(Disk, IsReadNoFurtherThanTheOffsetAndTheLengthNeed) {
  for (const int format :
       {kFloatWav, kFlac, kVorbis, SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_OPUS}) {
    const int rate = 48000;
    write(file(), format, rate, 2, noise(static_cast<size_t>(rate) * 2 * 60));
    std::atomic<size_t> bytes{0};
    before_read = [&bytes](const size_t& count, off_t) {
      bytes += count;
      return std::nullopt;
    };
    AudioConfig config;
    config.offset_s = 40;
    config.max_seconds = 1;
    EXPECT_EQ(load_mono(file(), config).size(), 22050U);
    // 64 KiB each for the header, the end, a few steps of a bisection, and the part itself.
    EXPECT_LT(bytes, std::filesystem::file_size(file()) / 60 + (20 << 16)) << std::hex << format;
  }
}

TEST_F(Disk, ThatHangsIsWaitedForNoLongerThanTheLimit) {
  Loader loader(limited_to(0.3));
  std::vector<float> mono(5, 1.0F);
  hang_next_read();
  const double start_s = monotonic_s();
  try {
    loader(file(), mono);
    FAIL();
  } catch (const UnusableAudio& error) {
    EXPECT_STREQ(error.what(), "took longer than features.file_timeout_s = 0.3 s");
  }
  EXPECT_LT(monotonic_s() - start_s, 1.5);
  EXPECT_GE(monotonic_s() - start_s, 0.3);
  EXPECT_EQ(hung_, 1);  // and goes on hanging, while the next file has a worker of its own
  loader(other_file(), mono);
  EXPECT_EQ(mono, std::vector<float>{0.25F});
}

TEST_F(Disk, ThatIsMerelySlowEndsItsFileAndKeepsItsWorker) {
  Loader loader(limited_to(0.3));
  std::vector<float> mono;
  read_slowly(50ms);
  EXPECT_THROW(loader(file(), mono), UnusableAudio);
  const std::thread::id worker = reader_;
  loader(other_file(), mono);
  EXPECT_EQ(reader_, worker);
}

TEST_F(Disk, ThatIsSlowButInTimeGivesTheSamples) {
  read_slowly(5ms);
  EXPECT_EQ(load_mono(file(), limited_to(30)), samples_);
}

TEST_F(Disk, ThatHangsForeverHoldsUpNeitherTheLoadersEndNorTheProcesss) {
  const double start_s = monotonic_s();
  EXPECT_EQ(child([this] {
              hang_next_read();
              return reason(file(), limited_to(0.1)).starts_with("took longer") ? 0 : 1;
            }),
            0);
  EXPECT_LT(monotonic_s() - start_s, 5);
}

TEST_F(Disk, ThatHangsForNineFilesFailsTheProcess) {
  EXPECT_EQ(child([this] {
              Loader loader(limited_to(0.1));
              std::vector<float> mono;
              for (int i = 0; i < 8; ++i) {
                hang_next_read();
                try {
                  loader(file(), mono);
                  return 1;
                } catch (const UnusableAudio&) {
                }
              }
              hang_next_read();
              try {
                loader(other_file(), mono);
                return 2;
              } catch (const SystemError& error) {
                const std::string expected =
                    "reading '" + other_file().string() + "': it hangs, as 8 files before it do; does the file system?";
                return error.what() == expected ? 0 : 3;
              }
            }),
            0);
}

TEST_F(Disk, ThatCameBackAfterEightFilesIsForgiven) {
  EXPECT_EQ(child([this] {
              Loader loader(limited_to(0.1));
              std::vector<float> mono;
              for (int i = 0; i < 10; ++i) {
                hang_next_read();
                try {
                  loader(file(), mono);
                  return 1;
                } catch (const UnusableAudio&) {
                }
                hanging_ = false;
                std::this_thread::sleep_for(50ms);
              }
              return 0;
            }),
            0);
}

TEST_F(Disk, DoesNotCountTheTimeInWhichTheProcessIsStopped) {
  const pid_t process = fork();
  if (process == 0) {
    read_slowly(20ms);  // 0.6 s
    std::exit(reason(file(), limited_to(2)) == "usable" ? 0 : 1);
  }
  std::this_thread::sleep_for(200ms);
  kill(process, SIGSTOP);
  std::this_thread::sleep_for(2200ms);
  kill(process, SIGCONT);
  int status = 0;
  waitpid(process, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(Disk, ThatHangsDoesNotKeepAStopFromBeingHeeded) {
  const double start_s = monotonic_s();
  EXPECT_EQ(child([this] {
              hang_next_read();
              StopFlag::raise();
              try {
                load_mono(file(), limited_to(60));
                return 1;
              } catch (const Stopped& error) {
                return error.what() == "stopped while reading '" + file().string() + "'" ? 0 : 2;
              }
            }),
            0);
  EXPECT_LT(monotonic_s() - start_s, 10);
}

TEST_F(Disk, WithoutDescriptorsToSpareBlamesNoFile) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "UBSan looks at an exception's type through a pipe";
  EXPECT_EQ(child([this] {
              const rlimit limit{0, 0};
              setrlimit(RLIMIT_NOFILE, &limit);
              try {
                load_mono(file());
                return 1;
              } catch (const SystemError&) {
                return 0;
              }
            }),
            0);
}

TEST_F(Disk, WhoseFileCrashesTheDecoderIsNotedByTheFilesName) {
  const int code = child([this] {
    before_read = [](size_t&, off_t offset) -> std::optional<ssize_t> {
      if (offset > 500'000) std::raise(SIGSEGV);
      return std::nullopt;
    };
    close(STDERR_FILENO);
    note_crashes(folder_ / "");
    load_mono(other_file());
    load_mono(file());
    return 0;
  });
  EXPECT_EQ(code, 1000 + SIGSEGV);
  const auto notes = read_crash_notes(folder_ / "");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].subject, file());
}

}  // namespace
}  // namespace foldwave::audio
