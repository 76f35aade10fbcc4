#include "report/figure.h"

namespace foldwave::report {

constexpr int broad = 500;  // wider charts get a row of their own, and on a phone a scroll bar

Html figure(const Chart& chart, const std::string& title, const Html& caption, const Html& table, bool table_open) {
  const Picture picture = draw(chart);
  Html html = (chart.width > broad ? "<figure class=\"broad\"><h3>"_html : "<figure><h3>"_html) + escaped(title) +
              "</h3>\n"_html;
  html += picture.svg.empty() ? "<p class=\"absent\">No picture: "_html + escaped(picture.problem) + ".</p>\n"_html
                              : "<div class=\"picture\">"_html + Html{picture.svg} + "</div>\n"_html;
  return html + "<figcaption>"_html + caption + "</figcaption>\n"_html +
         folded("Table", table, table_open || picture.svg.empty()) + "</figure>\n"_html;
}

}  // namespace foldwave::report
