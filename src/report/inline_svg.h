// gnuplot's SVG, made fit to stand inside a page: the page's font and colours, ids of its own, a description for screen
// readers.
#pragma once

#include <string>

namespace foldwave::report {

// Colours that gnuplot draws with stand for CSS variables of the page (--chart-text, ...), which differ in light and
// dark.
struct ChartColour {
  const char* name;
  int code;  // 0xRRGGBB; nothing else in a chart has these
};
inline constexpr ChartColour chart_colours[] = {{"text", 0x010201},  {"muted", 0x010202},   {"grid", 0x010203},
                                                {"heat", 0x010204},  {"on_heat", 0x010205}, {"first", 0x010206},
                                                {"second", 0x010207}};
int colour_code(const std::string& name);

std::string inline_svg(const std::string& svg, const std::string& id, const std::string& description);

}  // namespace foldwave::report
