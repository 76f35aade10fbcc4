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

// Half of what gnuplot writes says nothing: groups without content, and attributes that have their initial values.
void shorten(std::string& text) {
  for (const char* nothing : {" stroke-linecap=\"butt\"", " stroke-linejoin=\"miter\"", "\t"})
    replace_all(text, nothing, "");
  const std::string empty = ">\n</g>\n";
  for (size_t at = 0; (at = text.find(empty, at)) != std::string::npos;) {
    const size_t begin = text.rfind('<', at);
    const bool is_plain = begin != std::string::npos && text.compare(begin, 8, "<g fill=") == 0;
    if (is_plain) text.erase(begin, at + empty.size() - begin);
    at = is_plain ? begin : at + 1;
  }
}

// gnuplot writes a colour in one way for lines and areas, and in another for text.
void replace_colour(std::string& text, int code, const std::string& by) {
  const int red = code >> 16, green = code >> 8 & 255, blue = code & 255;
  replace_all(text, fmt::format("rgb({:3d}, {:3d}, {:3d})", red, green, blue), by);
  replace_all(text, fmt::format("rgb({},{},{})", red, green, blue), by);
}

// For screen readers, and without what gnuplot says of itself.
std::string described(const std::string& svg, const std::string& description) {
  std::string text = svg;
  remove_all(text, "<title>", "</title>");
  remove_all(text, "<desc>", "</desc>");
  remove_all(text, "<filter ", "</filter>");
  replace_all(text, "<svg ", fmt::format("<svg role=\"img\" aria-label=\"{}\" ", escaped(description).source));
  return text;
}

}  // namespace

std::string inline_svg(const std::string& svg, const std::string& id, const std::string& description) {
  std::string text = described(svg.substr(svg.find("<svg")), description);
  remove_all(text, " font-family=\"", "\"");
  replace_all(text, "id=\"gnuplot_", fmt::format("id=\"{}-", id));
  replace_all(text, "id='gp", fmt::format("id='{}-", id));
  replace_all(text, "href='#gp", fmt::format("href='#{}-", id));
  // What is left of gnuplot's own black and white are outlines that nobody asked for.
  replace_all(text, "color=\"black\"", "color=\"currentColor\"");
  for (const ChartColour& colour : chart_colours)
    replace_colour(text, colour.code, fmt::format("var(--chart-{})", colour.name));
  replace_all(text, " color=\"currentColor\"", "");  // as around it
  shorten(text);
  return text;
}

std::string svg_on_paper(const std::string& svg, const std::string& description) {
  std::string text = described(svg, description);
  replace_all(text, "font-family=\"sans\"", "font-family=\"Helvetica, Arial, sans-serif\"");
  for (const ChartColour& colour : chart_colours)
    replace_colour(text, colour.code, fmt::format("#{:06x}", colour.on_paper));
  const size_t body = text.find('>', text.find("<svg ")) + 1;
  return text.insert(body, "\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
}

}  // namespace foldwave::report
