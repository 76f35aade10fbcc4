#include <charconv>
#include <unordered_map>

#include "foldwave/formats/csv.h"
#include "foldwave/report/explore.h"

namespace foldwave::report {

std::vector<int> read_folds(const std::filesystem::path& folds_csv, const catalog::Catalog& catalog) {
  const formats::CsvTable table = formats::read_csv(folds_csv);
  const size_t id = table.require_column("song_id"), fold = table.require_column("fold");
  std::unordered_map<std::string, int> fold_of;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const std::string_view text = table.field(row, fold);
    int& k = fold_of.try_emplace(std::string(table.field(row, id)), -1).first->second;
    std::from_chars(text.data(), text.data() + text.size(), k);
  }
  std::vector<int> folds;
  for (const int track : catalog.train) {
    const auto found = fold_of.find(catalog.tracks[track].id);
    folds.push_back(found == fold_of.end() ? -1 : found->second);
  }
  return folds;
}

}  // namespace foldwave::report
