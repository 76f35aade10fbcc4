#include "catalog/folds_file.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "catalog/column.h"
#include "foldwave/core/errors.h"

namespace foldwave::catalog {
namespace {

constexpr int64_t max_folds = 100;

// Which row of the folds table each training row has.
std::vector<size_t> match_rows(const std::filesystem::path& path, const Column& id, const Catalog& catalog) {
  auto row_of = id.unique_rows();
  std::vector<size_t> matched;
  matched.reserve(catalog.train.size());
  for (const int track : catalog.train) {
    const auto found = row_of.find(catalog.tracks[track].id);
    if (found == row_of.end())
      throw InputError(path.string() + ": no row for the training song '" + catalog.tracks[track].id +
                       "'; every training song must have one");
    matched.push_back(found->second);
    row_of.erase(found);
  }
  if (row_of.empty()) return matched;
  const auto first =
      std::min_element(row_of.begin(), row_of.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  id.fail(first->second, "is not in the training table");
}

void require_no_empty_fold(const std::filesystem::path& path, const std::vector<int>& fold) {
  const int count = *std::max_element(fold.begin(), fold.end()) + 1;
  std::vector<bool> filled(count, false);
  for (const int k : fold) filled[k] = true;
  const auto empty = std::find(filled.begin(), filled.end(), false);
  if (empty != filled.end()) {
    throw InputError(path.string() + ": fold " + std::to_string(empty - filled.begin()) + " has no song; folds 0 to " +
                     std::to_string(count - 1) + " must each have some");
  }
  if (count < 2) throw InputError(path.string() + ": all songs are in fold 0; at least two folds were expected");
}

void require_whole_groups(const std::vector<size_t>& table_row, const Column& id, const Catalog& catalog,
                          const std::vector<int>& fold) {
  std::vector<int> first_of(catalog.group_names.size(), -1);
  for (size_t row = 0; row < catalog.group.size(); ++row) {
    int& first = first_of[catalog.group[row]];
    if (first < 0) first = static_cast<int>(row);
    if (fold[row] == fold[first]) continue;
    const auto in_fold = [&](size_t which) { return "is in fold " + std::to_string(fold[which]); };
    const size_t other = table_row[first];
    id.fail(table_row[row], in_fold(row) + ", but '" + id[other] + "' of the same group '" +
                                catalog.group_names[catalog.group[row]] + "' " + in_fold(first) + " on line " +
                                std::to_string(id.line(other)));
  }
}

}  // namespace

std::vector<int> read_folds_file(const std::filesystem::path& path, const Catalog& catalog) {
  const formats::CsvTable table = formats::read_csv(path);
  const Column id(table, "song_id"), column(table, "fold");
  const std::vector<size_t> table_row = match_rows(path, id, catalog);
  std::vector<int> fold;
  fold.reserve(table_row.size());
  for (const size_t row : table_row) {
    const int64_t k = column.integer(row);
    if (k < 0 || k >= max_folds) column.fail(row, "is not from 0 to " + std::to_string(max_folds - 1));
    fold.push_back(static_cast<int>(k));
  }
  require_no_empty_fold(path, fold);
  require_whole_groups(table_row, id, catalog, fold);
  return fold;
}

}  // namespace foldwave::catalog
