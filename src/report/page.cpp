#include "foldwave/core/files.h"
#include "foldwave/report/report.h"
#include "report/pictures.h"
#include "report/sections.h"
#include "report/sorting.h"
#include "report/style.h"

namespace foldwave::report {
namespace {

std::string name_of(const std::filesystem::path& run) {
  const std::filesystem::path plain = run.lexically_normal();
  return plain.has_filename() ? plain.filename().string() : plain.parent_path().filename().string();
}

// Links to the sections that there are.
Html links(const Html& body) {
  Html html = "<nav aria-label=\"Sections\">"_html;
  for (const auto& [id, title] : {std::pair("scores", "Scores"),
                                  {"trials", "Trials"},
                                  {"learning", "Learning"},
                                  {"genres", "Genres"},
                                  {"music", "Music"},
                                  {"grid", "Grid"},
                                  {"schedule", "Schedule"},
                                  {"efficiency", "Efficiency"},
                                  {"mistakes", "Mistakes"},
                                  {"quarantine", "Quarantine"},
                                  {"repeat", "Repeat"}})
    if (body.source.find(std::string("<section id=\"") + id + "\">") != std::string::npos)
      html += "<a href=\"#"_html + escaped(id) + "\">"_html + escaped(title) + "</a>"_html;
  return html + "</nav>"_html;
}

// Nothing is loaded and no script runs but the page's own, whatever a name on it may hold.
Html policy() {
  return "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
         "img-src data:; base-uri 'none'; form-action 'none'; script-src 'sha256-"_html +
         Html{sorting_script_hash} + "'\">\n"_html;
}

Html head(const Html& title) {
  return "<head>\n<meta charset=\"utf-8\">\n"_html + policy() +
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<link rel=\"icon\" href=\"data:,\">\n<title>"_html +
         title + " – foldwave</title>\n<style>"_html + Html{page_style} + "</style>\n</head>\n"_html;
}

}  // namespace

void write_report(const ReportInput& input, const std::filesystem::path& directory) {
  const Html title = escaped(name_of(input.record.directory));
  make_directories(directory);
  Pictures pictures(directory);
  Html body = verdict_section(input) + scores_section(input, pictures) + trials_section(input) +
              learning_section(input, pictures) + genres_section(input, pictures) + music_section(input, pictures) +
              grid_section(input, pictures) + schedule_section(input, pictures) + efficiency_section(input) +
              mistakes_section(input, pictures) + quarantine_section(input) + repeat_section(input);
  const Html files = pictures.problem().empty()
                         ? " The pictures lie beside it as PNG and SVG files."_html
                         : " Pictures could not be drawn: "_html + escaped(pictures.problem()) + "."_html;
  const Html footer = "<footer>Made by foldwave; charts by gnuplot. This page is one file and loads nothing."_html +
                      files + "</footer>\n"_html;
  const Html page = "<!doctype html>\n<html lang=\"en\">\n"_html + head(title) + "<body>\n<main>\n<header><h1>"_html +
                    title + "</h1>"_html + links(body) + "</header>\n"_html + body + footer + "</main>\n<script>"_html +
                    Html{sorting_script} + "</script>\n</body>\n</html>\n"_html;
  publish(directory / "index.html", page.source);
}

}  // namespace foldwave::report
