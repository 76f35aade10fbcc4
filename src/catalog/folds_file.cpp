#include "catalog/folds_file.h"

#include <algorithm>
#include <string_view>

#include "catalog/column.h"
#include "catalog/first_occurrence.h"
#include "foldwave/core/errors.h"

namespace foldwave::catalog {
namespace {

constexpr int64_t max_folds = 100;

// Which row of the folds table each training row has.
std::vector<size_t> match_rows(const std::filesystem::path& path, const Column& id, const Catalog& catalog) {
  id.require_distinct();
  const auto song = [&](size_t row) { return catalog.tracks.id(catalog.train[row]); };
  std::vector<size_t> matched = first_occurrence(id.rows() + catalog.train.size(),
                                                 [&](size_t i) { return i < id.rows() ? id[i] : song(i - id.rows()); });
  matched.erase(matched.begin(), matched.begin() + static_cast<std::ptrdiff_t>(id.rows()));
  std::vector<bool> known(id.rows(), false);
  for (size_t row = 0; row < matched.size(); ++row) {
    if (matched[row] >= id.rows())
      throw InputError(path.string() + ": no row for the training song '" + std::string(song(row)) +
                       "'; every training song must have one");
    known[matched[row]] = true;
  }
  const auto stranger = std::find(known.begin(), known.end(), false);
  if (stranger != known.end()) id.fail(static_cast<size_t>(stranger - known.begin()), "is not in the training table");
  return matched;
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
    id.fail(table_row[row], in_fold(row) + ", but '" + id.text(other) + "' of the same group '" +
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
