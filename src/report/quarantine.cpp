#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {

Html quarantine_section(const ReportInput& input) {
  if (input.quarantine.empty()) return {};
  std::vector<std::vector<Html>> rows;
  for (const auto& [file, reason] : input.quarantine) rows.push_back({escaped(file), escaped(reason)});
  return section(
      "quarantine", "Quarantine",
      escaped(counted(static_cast<long>(rows.size()), "file")) + " could not be used; the run went on without."_html,
      table({{"file"}, {"reason"}}, rows));
}

}  // namespace foldwave::report
