#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "sound_files.h"
#include "temporary_folder.h"

// libsndfile 1.2.0 forgets what libvorbis allocated when an Ogg breaks off inside its headers.
// NOLINTNEXTLINE(bugprone-reserved-identifier): LeakSanitizer looks for this name
extern "C" const char* __lsan_default_suppressions() { return "leak:vorbis_info_init\n"; }

namespace foldwave::audio {
namespace {

TEST(OddFile, ThatIsNoneSaysWhatItIs) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "folder.ogg");
  ASSERT_EQ(mkfifo((folder / "fifo.ogg").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder / "nowhere", folder / "broken.ogg");
  std::filesystem::create_symlink(folder / "loop.ogg", folder / "loop.ogg");
  write_bytes(folder / "empty.ogg", "");
  EXPECT_EQ(reason(folder / "missing.ogg"), "no such file");
  EXPECT_EQ(reason(folder / "no folder" / "a.ogg"), "no such file");
  EXPECT_EQ(reason(folder / "empty.ogg"), "an empty file");
  EXPECT_EQ(reason(folder / "empty.ogg" / "a.ogg"), "cannot be opened: Not a directory");
  EXPECT_EQ(reason(folder / "folder.ogg"), "a directory, not a file");
  EXPECT_EQ(reason(folder / "fifo.ogg"), "a FIFO, not a file");
  EXPECT_EQ(reason(folder / "broken.ogg"), "a link to no file");
  EXPECT_EQ(reason(folder / "loop.ogg"), "cannot be opened: Too many levels of symbolic links");
  EXPECT_EQ(reason(folder / std::string(300, 'x')), "cannot be opened: File name too long");
  EXPECT_EQ(reason("/dev/zero"), "not a regular file");
  EXPECT_EQ(reason(""), "no such file");
}

TEST(OddFile, ThatMayNotBeReadSaysSo) {
  const TemporaryFolder folder;
  write(folder / "a.wav", kFloatWav, 22050, 1, {0.25F});
  std::filesystem::permissions(folder / "a.wav", std::filesystem::perms::none);
  const pid_t child = fork();
  if (child == 0) {  // as somebody whom permissions bind
    if (geteuid() == 0) {
      std::filesystem::permissions((folder / "a.wav").parent_path(), std::filesystem::perms::all);
      if (setuid(65534) != 0) _exit(2);
    }
    _exit(reason(folder / "a.wav") == "cannot be opened: Permission denied" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(OddFile, IsReadThroughALinkAndUnderAnyName) {
  const TemporaryFolder folder;
  for (const std::string name : {"with spaces.gsm", "new\nline.vox", "\xc3\xa9.raw", "\xff\xfe.sd2", "'quote\".mp3"}) {
    write(folder / name, kFloatWav, 22050, 1, {0.25F});
    std::filesystem::create_symlink(folder / name, folder / ("link to " + name));
    EXPECT_EQ(load_mono(folder / name), std::vector<float>{0.25F}) << name;
    EXPECT_EQ(load_mono(folder / ("link to " + name)), std::vector<float>{0.25F}) << name;
  }
}

TEST(OddFile, IsJudgedByItsContentAlone) {
  const TemporaryFolder folder;
  for (const std::string name : {"a.ogg", "a.gsm", "a.vox", "a.raw", "a.mp3", "a.sd2"}) {
    write_bytes(folder / name, std::string(5000, 'x'));
    EXPECT_EQ(reason(folder / name).rfind("not audio: ", 0), 0U) << name << ": " << reason(folder / name);
  }
}

TEST(OddFile, WithoutSamplesSaysSo) {
  const TemporaryFolder folder;
  for (const Format& format : formats()) {
    write(folder / "a", format.code, format.rates.back(), 1, {});
    if (std::filesystem::file_size(folder / "a") == 0) continue;  // FLAC, MP3
    const std::string why = reason(folder / "a", at_rate(format.rates.back()));
    EXPECT_TRUE(why == "no samples" || why.starts_with("not audio: ")) << format.name << ": " << why;
  }
}

TEST(OddFile, OfWhichOnlyAPartOfTheHeaderIsLeftIsNotAudio) {
  const TemporaryFolder folder;
  for (const Format& format : formats()) {
    write(folder / "a", format.code, format.rates.back(), 1, tone(format.rates.back(), 0.5));
    const std::string bytes = bytes_of(folder / "a");
    write_bytes(folder / "a", bytes.substr(0, 20));
    const std::string why = reason(folder / "a");
    EXPECT_TRUE(why.starts_with("not audio: ") || why == "no samples") << format.name << ": " << why;
  }
}

TEST(OddFile, ThatNeedsMoreMemoryThanThereIsSaysSo) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "AddressSanitizer needs all of the address space";
  const TemporaryFolder folder;
  write(folder / "a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 22050, 1, {0.25F});
  std::string bytes = bytes_of(folder / "a.wav").substr(0, 44);
  bytes.replace(40, 4, "\xF0\xFF\xFF\x3F", 4);
  write_bytes(folder / "a.wav", bytes);
  std::filesystem::resize_file(folder / "a.wav",
                               int64_t{1} << 30);  // bytes that take no space: an hour of them is a GB
  const pid_t child = fork();
  if (child == 0) {
    rlimit limit{512 << 20, 512 << 20};
    setrlimit(RLIMIT_AS, &limit);
    _exit(reason(folder / "a.wav") == "does not fit into memory" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace foldwave::audio
