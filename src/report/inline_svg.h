// gnuplot's SVG, made fit to stand inside a page: the page's font and colours, ids of its own, a description for screen
// readers.
#pragma once

#include <string>

namespace foldwave::report {

// Colours that gnuplot draws with stand for CSS variables of the page (--chart-text, ...), which differ in light and
// dark.
struct ChartColour {
  const char* name;
  int code;      // 0xRRGGBB; nothing else in a chart has these
  int on_paper;  // 0xRRGGBB; what a picture outside the page has: the page's colours by day
};
inline constexpr ChartColour chart_colours[] = {
    {"text", 0x010201, 0x2b3138},   {"muted", 0x010202, 0x6b747e},   {"grid", 0x010203, 0xe9e6df},
    {"heat", 0x010204, 0x0a63a5},   {"on_heat", 0x010205, 0xffffff}, {"first", 0x010206, 0x0a63a5},
    {"second", 0x010207, 0xd55e00}, {"third", 0x010208, 0x0b8a68},   {"fourth", 0x010209, 0xb4588f},
    {"fifth", 0x01020a, 0xc18a00},  {"sixth", 0x01020b, 0x4ba3d9},   {"card", 0x01020c, 0xffffff}};

std::string inline_svg(const std::string& svg, const std::string& id, const std::string& description);
// The same drawing as a file of its own: dark on white, whatever shows it.
std::string svg_on_paper(const std::string& svg, const std::string& description);

}  // namespace foldwave::report
