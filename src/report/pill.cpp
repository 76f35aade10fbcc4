#include "report/pill.h"

namespace foldwave::report {

Html pill(const std::string& state) {
  const char* sign = state == "finished" || state == "done" ? "✓"
                     : state == "failed" || state == "lost" ? "✕"
                     : state == "running"                   ? "▸"
                     : state == "stopped"                   ? "‖"
                                                            : "·";
  return "<span class=\"pill "_html + escaped(state) + "\">"_html + escaped(std::string(sign) + " " + state) +
         "</span>"_html;
}

}  // namespace foldwave::report
