#include "report/inline_svg.h"

#include <fmt/format.h>

#include "report/html.h"

namespace foldwave::report {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

void remove_all(std::string& text, const std::string& begin, const std::string& end) {
  for (size_t at = 0; (at = text.find(begin, at)) != std::string::npos;) {
    const size_t stop = text.find(end, at + begin.size());
    if (stop == std::string::npos) return;
    text.erase(at, stop + end.size() - at);
  }
}

}  // namespace

std::string inline_svg(const std::string& svg, const std::string& id, const std::string& description) {
  std::string text = svg.substr(svg.find("<svg"));
  remove_all(text, "<title>", "</title>");
  remove_all(text, "<desc>", "</desc>");
  remove_all(text, "<filter ", "</filter>");
  remove_all(text, " font-family=\"", "\"");
  replace_all(text, "<svg ", fmt::format("<svg role=\"img\" aria-label=\"{}\" ", escaped(description).source));
  replace_all(text, "id=\"gnuplot_", fmt::format("id=\"{}-", id));
  replace_all(text, "id='gp", fmt::format("id='{}-", id));
  replace_all(text, "href='#gp", fmt::format("href='#{}-", id));
  // What is left of gnuplot's own black and white are outlines that nobody asked for.
  replace_all(text, "color=\"black\"", "color=\"currentColor\"");
  for (const ChartColour& colour : chart_colours) {
    const int red = colour.code >> 16, green = colour.code >> 8 & 255, blue = colour.code & 255;
    const std::string variable = fmt::format("var(--chart-{})", colour.name);
    replace_all(text, fmt::format("rgb({:3d}, {:3d}, {:3d})", red, green, blue), variable);  // of lines and areas
    replace_all(text, fmt::format("rgb({},{},{})", red, green, blue), variable);             // of text
  }
  return text;
}

}  // namespace foldwave::report
