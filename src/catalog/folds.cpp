#include "foldwave/catalog/folds.h"

#include <algorithm>
#include <set>

#include "catalog/folds_file.h"
#include "catalog/stratify.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/csv.h"

namespace foldwave::catalog {
namespace {

// What cannot be split over two folds: a group, or a song where there are no groups.
struct Units {
  std::string name, plural;  // "song", "songs"
  int count = 0;
  std::vector<int> of_class;  // [classes] how many hold a song of the class
};

Units count_units(const Catalog& catalog) {
  if (catalog.group.empty()) {
    Units songs{"song", "songs", static_cast<int>(catalog.train.size()), std::vector<int>(catalog.class_ids.size(), 0)};
    for (const int c : catalog.label) ++songs.of_class[c];
    return songs;
  }
  Units groups{"group", "groups", static_cast<int>(catalog.group_names.size()),
               std::vector<int>(catalog.class_ids.size(), 0)};
  std::vector<std::pair<int, int>> pairs;
  for (size_t row = 0; row < catalog.label.size(); ++row) pairs.emplace_back(catalog.label[row], catalog.group[row]);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (const auto& [c, group] : pairs) ++groups.of_class[c];
  return groups;
}

// "genre_id '3' (rock)"
std::string describe_class(const Catalog& catalog, int c) {
  const std::string& id = catalog.class_ids[c];
  const std::string& name = catalog.class_names[c];
  return catalog.label_column + " '" + id + "'" + (name == id ? "" : " (" + name + ")");
}

void require_two_of_each_class(const Catalog& catalog, const Units& units) {
  for (int c = 0; c < catalog.classes(); ++c) {
    if (units.of_class[c] >= 2) continue;
    throw InputError(describe_class(catalog, c) + " has only one " + units.name +
                     "; each class needs at least two, to be trained on one and validated on another");
  }
}

std::vector<std::string> warn_of_small_classes(const Catalog& catalog, const Units& units, const Folds& folds) {
  std::vector<std::set<int>> folds_of(catalog.class_ids.size());
  for (size_t row = 0; row < folds.fold.size(); ++row) folds_of[catalog.label[row]].insert(folds.fold[row]);
  std::vector<std::string> warnings;
  for (int c = 0; c < catalog.classes(); ++c) {
    const std::string who = describe_class(catalog, c);
    if (folds_of[c].size() == 1) {
      warnings.push_back(who + " is in fold " + std::to_string(*folds_of[c].begin()) +
                         " only; the training songs of that fold have none of it");
    } else if (units.of_class[c] < folds.count) {
      warnings.push_back(who + " has " + std::to_string(units.of_class[c]) + " " + units.plural + ", fewer than the " +
                         std::to_string(folds.count) + " folds; some folds are validated without it");
    }
  }
  return warnings;
}

std::vector<int> deal_out(const Catalog& catalog, const FoldConfig& config, const Units& units) {
  if (units.count < config.count) {
    throw InputError("folds.count is " + std::to_string(config.count) + ", but there are only " +
                     std::to_string(units.count) + " " + units.plural + " to deal out");
  }
  if (catalog.group.empty()) return stratify(catalog.label, catalog.classes(), config.count, config.seed);
  const std::vector<int> fold =
      stratify_groups(catalog.label, catalog.classes(), catalog.group, units.count, config.count, config.seed);
  if (std::set<int>(fold.begin(), fold.end()).size() < static_cast<size_t>(config.count)) {
    throw InputError("folds.count is " + std::to_string(config.count) + ", but the " + std::to_string(units.count) +
                     " groups are too uneven: a fold would have no song");
  }
  return fold;
}

std::vector<int> rows_where(const std::vector<int>& fold, int k, bool inside) {
  std::vector<int> rows;
  for (size_t row = 0; row < fold.size(); ++row) {
    if ((fold[row] == k) == inside) rows.push_back(static_cast<int>(row));
  }
  return rows;
}

}  // namespace

std::string fold_name(int fold) { return fold == kAllRows ? "all" : std::to_string(fold); }

std::vector<int> Folds::training_rows(int k) const { return rows_where(fold, k, false); }
std::vector<int> Folds::validation_rows(int k) const { return rows_where(fold, k, true); }

Folds make_folds(const Catalog& catalog, const FoldConfig& config) {
  const Units units = count_units(catalog);
  require_two_of_each_class(catalog, units);
  Folds folds;
  folds.fold = config.file.empty() ? deal_out(catalog, config, units) : read_folds_file(config.file, catalog);
  folds.count = *std::max_element(folds.fold.begin(), folds.fold.end()) + 1;
  if (!config.only.empty() && config.only.back() >= folds.count) {
    throw InputError("folds.only names fold " + std::to_string(config.only.back()) + ", but the folds are 0 to " +
                     std::to_string(folds.count - 1));
  }
  folds.warnings = warn_of_small_classes(catalog, units, folds);
  return folds;
}

std::string folds_csv(const Catalog& catalog, const Folds& folds) {
  std::string text = formats::csv_row({"song_id", "fold"});
  for (size_t row = 0; row < folds.fold.size(); ++row) {
    text += formats::csv_row({catalog.tracks[catalog.train[row]].id, std::to_string(folds.fold[row])});
  }
  return text;
}

}  // namespace foldwave::catalog
