#include "report/gnuplot.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
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

// What differs between the page's charts and those in files.
struct Medium {
  std::string terminal;
  int ChartColour::*colour;
  const char* complete;  // what a whole picture ends in, or has near its end
};

Medium in_the_page(const Chart& chart) {
  return {fmt::format("svg size {},{} dynamic noenhanced font 'sans,13'", chart.width, chart.height),
          &ChartColour::code, "</svg>"};
}

Medium png_file(const Chart& chart) {
  return {fmt::format("pngcairo size {},{} noenhanced font 'sans,13' fontscale 1.5 linewidth 2 pointscale 2",
                      2 * chart.width, 2 * chart.height),
          &ChartColour::on_paper, "IEND"};
}

std::string script(const Chart& chart, const Medium& medium) {
  std::string text = "set terminal " + medium.terminal +
                     "\nset encoding utf8\nset datafile separator \"\\t\"\nset datafile commentschars ''\nset datafile "
                     "missing 'NaN'\n";
  for (const ChartColour& colour : chart_colours)
    text += fmt::format("{0} = '#{1:06x}'\n{0}_code = 0x{1:06x}\n", colour.name, colour.*medium.colour);
  text += "tint(opacity) = heat_code + 0x1000000 * int(255 * (1 - opacity) + 0.5)\n";
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

template <class Bytes>
void put(const Bytes& bytes, FILE* file) {
  if (std::fwrite(bytes.data(), sizeof bytes[0], bytes.size(), file) != bytes.size() || std::fflush(file) != 0)
    throw SystemError("writing what gnuplot is to read", errno);
  std::rewind(file);
}

// Runs `gnuplot -d` with these files as its standard streams and as its number 3. 0 or why it failed.
int spawn(FILE* in, FILE* out, FILE* err, FILE* matrix, pid_t& child) {
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_adddup2(&streams, fileno(in), 0);
  posix_spawn_file_actions_adddup2(&streams, fileno(out), 1);
  posix_spawn_file_actions_adddup2(&streams, fileno(err), 2);
  posix_spawn_file_actions_adddup2(&streams, fileno(matrix), 3);
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

struct Drawing {
  std::string bytes;    // empty where there is none
  std::string problem;  // then: why
};

Drawing run_gnuplot(const Chart& chart, const Medium& medium) {
  const TemporaryFile in = temporary_file(), out = temporary_file(), err = temporary_file(), matrix = temporary_file();
  put(script(chart, medium), in.get());
  put(chart.matrix, matrix.get());
  pid_t child = 0;
  if (const int error = spawn(in.get(), out.get(), err.get(), matrix.get(), child); error == ENOENT)
    return {"", "gnuplot is not installed"};
  else if (error != 0)
    throw SystemError("starting gnuplot", error);
  const int status = exit_status(child);
  const std::string bytes = contents(out.get());
  if (status == 0 && bytes.rfind(medium.complete) != std::string::npos) return {bytes, ""};
  std::string complaint = contents(err.get());
  complaint.erase(0, complaint.find_first_not_of(" \t\r\n^"));
  std::replace(complaint.begin(), complaint.end(), '\n', ' ');
  return {"", fmt::format("gnuplot failed on '{}': {}", chart.id, complaint)};
}

}  // namespace

Picture draw(const Chart& chart) {
  const Drawing drawing = run_gnuplot(chart, in_the_page(chart));
  return {drawing.bytes.empty() ? "" : inline_svg(drawing.bytes, chart.id, chart.description), drawing.problem};
}

void draw_png(const Chart& chart, const std::filesystem::path& path) {
  const Drawing drawing = run_gnuplot(chart, png_file(chart));
  if (drawing.bytes.empty()) throw SystemError("drawing '" + path.string() + "': " + drawing.problem);
  publish(path, drawing.bytes);
}

}  // namespace foldwave::report
