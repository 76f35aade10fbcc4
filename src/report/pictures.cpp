#include "report/pictures.h"

#include <array>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave::report {
namespace {

namespace fs = std::filesystem;

constexpr int broad = 500;  // wider charts get a row of their own, and on a phone a scroll bar

// Of which one report may have fewer than the one before it.
bool is_numbered_picture(const fs::path& path) {
  if (path.extension() != ".png" && path.extension() != ".svg") return false;
  const std::string name = path.stem().string();
  for (const std::string family : {"learning-", "grid-", "wrong-"})
    if (name.starts_with(family) && name.size() > family.size() && name[family.size()] >= '0' &&
        name[family.size()] <= '9')
      return true;
  return false;
}

}  // namespace

Pictures::Pictures(fs::path directory) : directory_(std::move(directory)) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error))
    if (is_numbered_picture(entry.path())) fs::remove(entry.path(), error);
}

Html Pictures::picture(const Chart& chart) {
  const Picture drawn = draw(chart);
  if (drawn.svg.empty()) {
    if (problem_.empty()) problem_ = drawn.problem;
    return "<p class=\"absent\">No picture: "_html + escaped(drawn.problem) + ".</p>\n"_html;
  }
  publish(directory_ / (chart.id + ".svg"), drawn.svg_file);
  const PngPicture png = png_of(chart);
  if (!png.bytes.empty())
    publish(directory_ / (chart.id + ".png"), png.bytes);
  else if (problem_.empty())
    problem_ = png.problem;
  return "<div class=\"picture\">"_html + Html{drawn.svg} + "</div>\n"_html;
}

Html Pictures::figure(const Chart& chart, const std::string& title, const Html& caption, const Html& table,
                      bool table_open) {
  const Html drawn = picture(chart);
  const bool absent = drawn.source.find("<svg") == std::string::npos;
  return (chart.width > broad ? "<figure class=\"broad\"><h3>"_html : "<figure><h3>"_html) + escaped(title) +
         "</h3>\n"_html + drawn + "<figcaption>"_html + caption + "</figcaption>\n"_html +
         folded("Table", table, table_open || absent) + "</figure>\n"_html;
}

}  // namespace foldwave::report
