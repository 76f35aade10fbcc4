#include "report/html.h"

#include <fmt/format.h>

#include <cmath>

#include "report/utf8.h"

namespace foldwave::report {
namespace {

std::string escaped_character(std::string_view character) {
  switch (character.front()) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\t': return std::string(character);
    default: return is_control(character) ? "\uFFFD" : std::string(character);
  }
}

}  // namespace

Html escaped(std::string_view text) { return Html{by_character(text, escaped_character)}; }

Html breakable(std::string_view name) {
  Html html;
  for (size_t from = 0; from < name.size();) {
    const size_t stop = name.find_first_of("+/", from);
    const size_t end = stop == std::string_view::npos ? name.size() : stop + 1;
    html += escaped(name.substr(from, end - from));
    if (end < name.size()) html += "<wbr>"_html;
    from = end;
  }
  return html;
}

Html keyed(double key, const std::string& text) {
  return Html{"<data value=\"" + (std::isfinite(key) ? fmt::format("{}", key) : "") + "\">"} + escaped(text) +
         "</data>"_html;
}

Html table(const std::vector<Column>& columns, const std::vector<std::vector<Html>>& rows, Rows order) {
  const auto cell = [](const char* tag, const Column& column) {
    std::string classes = column.number ? "n" : "";
    if (column.name) classes += classes.empty() ? "name" : " name";
    return Html{std::string("<") + tag + (classes.empty() ? ">" : " class=\"" + classes + "\">")};
  };
  Html html = "<div class=\"scroll\"><table"_html + (order == Rows::sortable ? " class=\"sortable\""_html : ""_html) +
              "><thead><tr>"_html;
  for (const Column& column : columns) html += cell("th scope=\"col\"", column) + escaped(column.title) + "</th>"_html;
  html += "</tr></thead><tbody>\n"_html;
  for (const std::vector<Html>& row : rows) {
    html += "<tr>"_html;
    for (size_t i = 0; i < row.size(); ++i) html += cell("td", columns[i]) + row[i] + "</td>"_html;
    html += "</tr>\n"_html;
  }
  return html + "</tbody></table></div>\n"_html;
}

Html section(const std::string& id, const std::string& title, const Html& lead, const Html& body) {
  return "<section id=\""_html + escaped(id) + "\"><h2>"_html + escaped(title) + "</h2>\n<p class=\"lead\">"_html +
         lead + "</p>\n"_html + body + "</section>\n"_html;
}

Html folded(const std::string& summary, const Html& body, bool open) {
  return (open ? "<details open><summary>"_html : "<details><summary>"_html) + escaped(summary) + "</summary>\n"_html +
         body + "</details>\n"_html;
}

}  // namespace foldwave::report
