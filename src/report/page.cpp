#include "foldwave/core/files.h"
#include "foldwave/report/report.h"
#include "report/sections.h"
#include "report/style.h"

namespace foldwave::report {
namespace {

std::string name_of(const std::filesystem::path& run) {
  const std::filesystem::path plain = run.lexically_normal();
  return plain.has_filename() ? plain.filename().string() : plain.parent_path().filename().string();
}

// Links to the sections that there are.
Html links(const Html& body) {
  Html html = "<nav>"_html;
  for (const char* title : {"Scores", "Genres", "Learning", "Music", "Trials", "Efficiency", "Quarantine", "Repeat"}) {
    std::string id = title;
    id.front() = static_cast<char>(id.front() - 'A' + 'a');
    if (body.source.find("<section id=\"" + id + "\">") != std::string::npos)
      html += "<a href=\"#"_html + escaped(id) + "\">"_html + escaped(title) + "</a>"_html;
  }
  return html + "</nav>"_html;
}

Html head(const Html& title) {
  return "<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<link rel=\"icon\" href=\"data:,\">\n<title>"_html +
         title + " – foldwave</title>\n<style>"_html + Html{page_style} + "</style>\n</head>\n"_html;
}

}  // namespace

void write_report(const ReportInput& input, const std::filesystem::path& directory) {
  const Html title = escaped(name_of(input.record.directory));
  Html body = verdict_section(input);
  for (const auto part : {scores_section, genres_section, learning_section, music_section, trials_section,
                          efficiency_section, quarantine_section, repeat_section})
    body += part(input);
  const Html footer =
      "<footer>Made by foldwave; charts by gnuplot. This page is one file and loads nothing.</footer>\n"_html;
  const Html page = "<!doctype html>\n<html lang=\"en\">\n"_html + head(title) + "<body>\n<main>\n<header><h1>"_html +
                    title + "</h1>"_html + links(body) + "</header>\n"_html + body + footer +
                    "</main>\n</body>\n</html>\n"_html;
  make_directories(directory);
  publish(directory / "index.html", page.source);
}

}  // namespace foldwave::report
