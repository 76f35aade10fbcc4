#include "report/gnuplot.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <memory>

#include "foldwave/core/errors.h"
#include "report/inline_svg.h"

namespace foldwave::report {
namespace {

struct CloseFile {
  void operator()(FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<FILE, CloseFile>;

TemporaryFile temporary_file() {
  TemporaryFile file(std::tmpfile());
  if (!file) throw SystemError("making a temporary file for gnuplot", errno);
  return file;
}

std::string contents(FILE* file) {
  std::string bytes;
  std::rewind(file);
  char buffer[65536];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) bytes.append(buffer, n);
  return bytes;
}

// Tabs part columns, quotes would be taken off, line ends would end the row.
std::string field(std::string text) {
  for (char& byte : text)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) byte = ' ';
  for (size_t at = 0; (at = text.find('"', at)) != std::string::npos;) text.replace(at, 1, "\u201D");
  return text.empty() ? " " : text;
}

std::string script(const Chart& chart) {
  std::string text =
      fmt::format("set terminal svg size {},{} dynamic noenhanced font 'sans,13'\n", chart.width, chart.height);
  text +=
      "set encoding utf8\nset datafile separator \"\\t\"\nset datafile commentschars ''\nset datafile missing 'NaN'\n";
  for (const ChartColour& colour : chart_colours) text += fmt::format("{} = '#{:06x}'\n", colour.name, colour.code);
  for (const DataBlock& block : chart.data) {
    text += fmt::format("${} << END_OF_DATA\n", block.name);
    for (const std::vector<std::string>& row : block.rows) {
      for (size_t i = 0; i < row.size(); ++i) text += (i ? "\t" : "") + field(row[i]);
      text += "\n";
    }
    text += "END_OF_DATA\n";
  }
  text +=
      "set border 0\nset tics nomirror scale 0 textcolor rgb text\nset key textcolor rgb text\nset style fill solid "
      "noborder\n";
  return text + chart.commands + "\n";
}

// Runs `gnuplot -d` with these files as its standard streams. 0 or why it failed.
int spawn(FILE* in, FILE* out, FILE* err, pid_t& child) {
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_adddup2(&streams, fileno(in), 0);
  posix_spawn_file_actions_adddup2(&streams, fileno(out), 1);
  posix_spawn_file_actions_adddup2(&streams, fileno(err), 2);
  char program[] = "gnuplot", no_user_settings[] = "-d";
  char* arguments[] = {program, no_user_settings, nullptr};
  const int error = posix_spawnp(&child, program, &streams, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&streams);
  return error;
}

int exit_status(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw SystemError("waiting for gnuplot", errno);
  return status;
}

}  // namespace

Picture draw(const Chart& chart) {
  const TemporaryFile in = temporary_file(), out = temporary_file(), err = temporary_file();
  const std::string text = script(chart);
  if (std::fwrite(text.data(), 1, text.size(), in.get()) != text.size() || std::fflush(in.get()) != 0)
    throw SystemError("writing a script for gnuplot", errno);
  std::rewind(in.get());
  pid_t child = 0;
  if (const int error = spawn(in.get(), out.get(), err.get(), child); error == ENOENT)
    return {"", "gnuplot is not installed"};
  else if (error != 0)
    throw SystemError("starting gnuplot", error);
  const int status = exit_status(child);
  const std::string svg = contents(out.get());
  if (status == 0 && svg.find("</svg>") != std::string::npos) return {inline_svg(svg, chart.id, chart.description), ""};
  std::string complaint = contents(err.get());
  complaint.erase(0, complaint.find_first_not_of(" \t\r\n^"));
  std::replace(complaint.begin(), complaint.end(), '\n', ' ');
  return {"", fmt::format("gnuplot failed on '{}': {}", chart.id, complaint)};
}

std::string heat_colour(double opacity) {
  const long transparency = std::lround(255 * (1 - std::clamp(opacity, 0.0, 1.0)));
  return std::to_string(transparency << 24 | colour_code("heat"));
}

}  // namespace foldwave::report
