#include "report/gnuplot.h"

#include <fmt/format.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/program.h"
#include "report/fonts.h"
#include "report/inline_svg.h"
#include "report/utf8.h"

namespace foldwave::report {
namespace {

// Tabs part columns, line ends would end the row, quotes would be taken off, a backslash begins "\\n" and "\\101".
std::string field(const std::string& text) {
  std::string quiet;
  for (const char byte : well_formed(text)) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F)
      quiet += ' ';
    else if (byte == '"')
      quiet += "\u201D";
    else
      quiet.append(byte == '\\' ? 2 : 1, byte);
  }
  return quiet.empty() ? " " : quiet;
}

// What differs between the page's charts and those in files.
struct Medium {
  std::string terminal;
  int ChartColour::*colour;
  bool own_fonts;        // the browser has its own
  const char* complete;  // what a whole picture ends in, or has near its end
};

Medium in_the_page(const Chart& chart) {
  return {fmt::format("svg size {},{} dynamic noenhanced font 'sans,13'", chart.width, chart.height),
          &ChartColour::code, true, "</svg>"};
}

Medium png_file(const Chart& chart) {
  return {fmt::format("pngcairo size {},{} noenhanced font 'sans,13' fontscale 1.5 linewidth 2 pointscale 2",
                      2 * chart.width, 2 * chart.height),
          &ChartColour::on_paper, false, "IEND"};
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
      for (size_t i = 0; i < row.size(); ++i)
        text += (i ? "\t" : "") + field(medium.own_fonts ? row[i] : drawable(row[i]));
      text += "\n";
    }
    text += "END_OF_DATA\n";
  }
  text +=
      "set border 0\nset tics nomirror scale 0 textcolor rgb text\nset key textcolor rgb text\nset style fill solid "
      "noborder\n";
  return text + chart.commands + "\n";
}

struct Drawing {
  std::string bytes;    // empty where there is none
  std::string problem;  // then: why
};

Drawing run_gnuplot(const Chart& chart, const Medium& medium) {
  const std::string_view matrix(reinterpret_cast<const char*>(chart.matrix.data()),
                                chart.matrix.size() * sizeof(float));
  const std::string no_user_settings = "-d";
  ProgramResult result = run_program({"gnuplot", no_user_settings}, script(chart, medium), matrix);
  if (!result.found) return {"", "gnuplot is not installed"};
  if (result.status == 0 && result.out.rfind(medium.complete) != std::string::npos) return {std::move(result.out), ""};
  std::string complaint = result.err;
  complaint.erase(0, complaint.find_first_not_of(" \t\r\n^"));
  std::replace(complaint.begin(), complaint.end(), '\n', ' ');
  return {"", fmt::format("gnuplot failed on '{}': {}", chart.id, complaint)};
}

}  // namespace

Picture draw(const Chart& chart) {
  const Drawing drawing = run_gnuplot(chart, in_the_page(chart));
  if (drawing.bytes.empty()) return {"", "", drawing.problem};
  return {inline_svg(drawing.bytes, chart.id, chart.description), svg_on_paper(drawing.bytes, chart.description), ""};
}

PngPicture png_of(const Chart& chart) {
  Drawing drawing = run_gnuplot(chart, png_file(chart));
  return {std::move(drawing.bytes), std::move(drawing.problem)};
}

void draw_png(const Chart& chart, const std::filesystem::path& path) {
  const PngPicture drawing = png_of(chart);
  if (drawing.bytes.empty()) throw SystemError("drawing '" + path.string() + "': " + drawing.problem);
  publish(path, drawing.bytes);
}

}  // namespace foldwave::report
