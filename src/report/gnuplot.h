// Charts, drawn by gnuplot run as a program. What a user named reaches it in data columns only, where nothing is
// executed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace foldwave::report {

struct DataBlock {
  std::string name;                            // "$fold" in the commands; a word of ours
  std::vector<std::vector<std::string>> rows;  // the first field is a number; an empty row breaks lines
};

struct Chart {
  std::string id;                 // unique in the page; a word of ours
  std::string description;        // read out to those who cannot see it
  int width = 420, height = 300;  // CSS pixels
  std::vector<DataBlock> data;
  // May use the colours of inline_svg.h (text, muted, grid, heat, on_heat, first, ...) as string variables, and
  // tint(opacity) for `lc rgb variable`: heat at an opacity from 0 to 1. In the page they differ for light and dark.
  std::string commands;
  std::vector<float> matrix = {};  // what '<&3' reads in the commands, as binary floats
};

struct Picture {
  std::string svg;       // to stand in an HTML page; empty where there is none
  std::string svg_file;  // the same as a file of its own, dark on white
  std::string problem;   // where there is none: why
};
Picture draw(const Chart& chart);

struct PngPicture {
  std::string bytes;    // dark on white, two pixels to a CSS pixel; empty where there is none
  std::string problem;  // then: why
};
PngPicture png_of(const Chart& chart);
// The same as a file. SystemError where there is no gnuplot, or it fails.
void draw_png(const Chart& chart, const std::filesystem::path& path);

}  // namespace foldwave::report
