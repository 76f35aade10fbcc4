#include "report/html.h"

namespace foldwave::report {
namespace {

// Length of the well-formed UTF-8 character that begins at `at`; 0 if there is none.
size_t utf8_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0 && continues(at + 1)) return 2;
  if (first >= 0xE0 && first < 0xF0 && continues(at + 1) && continues(at + 2)) return 3;
  if (first >= 0xF0 && first < 0xF5 && continues(at + 1) && continues(at + 2) && continues(at + 3)) return 4;
  return 0;
}

std::string escaped_character(std::string_view character) {
  switch (character.front()) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\t': return std::string(character);
    default: return static_cast<unsigned char>(character.front()) < 0x20 ? "\uFFFD" : std::string(character);
  }
}

}  // namespace

Html escaped(std::string_view text) {
  Html html;
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text, at);
    html.source += length ? escaped_character(text.substr(at, length)) : "\uFFFD";
    at += length ? length : 1;
  }
  return html;
}

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

Html table(const std::vector<Column>& columns, const std::vector<std::vector<Html>>& rows) {
  const auto cell = [](const char* tag, bool number) {
    return Html{std::string("<") + tag + (number ? " class=\"n\">" : ">")};
  };
  Html html = "<div class=\"scroll\"><table><thead><tr>"_html;
  for (const Column& column : columns) html += cell("th", column.number) + escaped(column.title) + "</th>"_html;
  html += "</tr></thead><tbody>\n"_html;
  for (const std::vector<Html>& row : rows) {
    html += "<tr>"_html;
    for (size_t i = 0; i < row.size(); ++i) html += cell("td", columns[i].number) + row[i] + "</td>"_html;
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
