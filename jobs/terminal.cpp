#include "jobs/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "foldwave/core/host.h"

namespace foldwave::jobs {

bool shows_colour(int fd) {
  const bool by_mpirun = !environment_variable("OMPI_COMM_WORLD_RANK").empty();  // which gives its ranks a pty
  return isatty(fd) == 1 && !(fd == STDOUT_FILENO && by_mpirun) && environment_variable("NO_COLOR").empty() &&
         environment_variable("TERM") != "dumb";
}

std::string painted(Paint paint, const std::string& text, bool on) {
  if (!on || text.empty()) return text;
  const char* code = paint == Paint::bold ? "\033[1m" : paint == Paint::yellow ? "\033[33m" : "\033[31m";
  return code + text + "\033[0m";
}

int columns_of(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

}  // namespace foldwave::jobs
