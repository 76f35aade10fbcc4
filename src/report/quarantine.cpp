#include "report/sections.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

constexpr size_t most_rows = 2000;

}  // namespace

Html quarantine_section(const ReportInput& input) {
  if (input.quarantine.empty()) return {};
  std::vector<std::vector<Html>> rows;
  for (const auto& [file, reason] : input.quarantine)
    if (rows.size() < most_rows) rows.push_back({escaped(file), escaped(reason)});
  const size_t all = input.quarantine.size();
  return section("quarantine", "Quarantine",
                 escaped(counted(static_cast<long>(all), "file")) +
                     " could not be used; the run went on without."_html +
                     (all > most_rows ? " The first 2,000 are listed; quarantine.csv has all."_html : ""_html),
                 table({{"file", false, true}, {"reason"}}, rows, Rows::sortable));
}

}  // namespace foldwave::report
