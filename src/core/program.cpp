#include "foldwave/core/program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"

namespace foldwave {
namespace {

struct CloseFile {
  void operator()(FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<FILE, CloseFile>;

TemporaryFile temporary_file(std::string_view bytes) {
  TemporaryFile file(std::tmpfile());
  if (!file) throw SystemError("making a temporary file", errno);
  if (bytes.empty()) return file;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() || std::fflush(file.get()) != 0)
    throw SystemError("writing a temporary file", errno);
  std::rewind(file.get());
  return file;
}

std::string contents(FILE* file) {
  std::string bytes;
  std::rewind(file);
  char buffer[65536];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) bytes.append(buffer, n);
  return bytes;
}

// With these files as its descriptors 0, 1, ... 0 or why it failed.
int spawn(const std::vector<std::string>& words, const std::vector<FILE*>& files, pid_t& child) {
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  for (size_t i = 0; i < files.size(); ++i)
    posix_spawn_file_actions_adddup2(&streams, fileno(files[i]), static_cast<int>(i));
  std::vector<std::string> copy = words;
  std::vector<char*> arguments;
  for (std::string& word : copy) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int error = posix_spawnp(&child, arguments[0], &streams, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&streams);
  return error;
}

// -1 where it had to be ended.
int exit_status(pid_t child, const std::string& name, double patience_s) {
  const double deadline_s = monotonic_s() + patience_s;
  bool ended = false;
  for (int status = 0;;) {
    const pid_t gone = waitpid(child, &status, std::isfinite(patience_s) && !ended ? WNOHANG : 0);
    if (gone == child) return ended ? -1 : status;
    if (gone < 0 && errno != EINTR) throw SystemError("waiting for " + name, errno);
    if (gone == 0 && monotonic_s() > deadline_s) ended = kill(child, SIGKILL) == 0;
    if (gone == 0 && !ended) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& words, std::string_view in, std::string_view third,
                          double patience_s) {
  // Descriptor 3 comes last, so that none of the files is overwritten before it has been given.
  const TemporaryFile input = temporary_file(in), out = temporary_file({}), err = temporary_file({}),
                      more = temporary_file(third);
  pid_t child = 0;
  if (const int error = spawn(words, {input.get(), out.get(), err.get(), more.get()}, child); error == ENOENT)
    return {};
  else if (error != 0)
    throw SystemError("starting " + words.front(), error);
  const int status = exit_status(child, words.front(), patience_s);
  return {true, status, contents(out.get()), contents(err.get())};
}

}  // namespace foldwave
