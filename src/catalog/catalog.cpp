#include "foldwave/catalog/catalog.h"

#include <map>
#include <string_view>

#include "catalog/column.h"
#include "catalog/first_occurrence.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/csv.h"

namespace foldwave::catalog {
namespace {

using formats::CsvTable;

CsvTable read_songs(const std::filesystem::path& path, const std::vector<std::string>& columns) {
  CsvTable table = formats::read_csv(path, columns);
  if (table.rows.empty()) throw InputError(path.string() + " has a header but no rows; at least one song was expected");
  return table;
}

// Class numbers in the numerical order of the labels. "7" and "07" are the same class, named as it was written first.
void read_classes(const CsvTable& table, const Column& label, Catalog& catalog) {
  std::vector<int64_t> value(label.rows());
  std::map<int64_t, std::string> written;
  for (size_t row = 0; row < label.rows(); ++row) {
    value[row] = label.integer(row);
    written.emplace(value[row], label.text(row));
  }
  if (written.size() < 2) {
    throw InputError(table.path.string() + ": " + catalog.label_column + " is '" + label.text(0) +
                     "' in every row; at least two classes were expected");
  }
  std::map<int64_t, int> number;
  for (const auto& [id, text] : written) {
    number.emplace(id, static_cast<int>(number.size()));
    catalog.class_ids.push_back(text);
  }
  catalog.label.reserve(value.size());
  for (const int64_t id : value) catalog.label.push_back(number.at(id));
}

// From the column `genre`, where there is one beside the labels; a class it leaves empty is named by its id.
void read_class_names(const CsvTable& table, Catalog& catalog) {
  catalog.class_names = catalog.class_ids;
  if (!table.column("genre") || catalog.label_column == "genre") return;
  const Column genre(table, "genre");
  std::vector<int> named_by(catalog.class_ids.size(), -1);  // the row that named it
  for (size_t row = 0; row < genre.rows(); ++row) {
    if (genre[row].empty()) continue;
    const int label = catalog.label[row];
    if (named_by[label] < 0) {
      named_by[label] = static_cast<int>(row);
      catalog.class_names[label] = genre[row];
    } else if (genre[row] != catalog.class_names[label]) {
      genre.fail(row, "is another name for " + catalog.label_column + " '" + catalog.class_ids[label] +
                          "', which is '" + catalog.class_names[label] + "' on line " +
                          std::to_string(genre.line(named_by[label])));
    }
  }
}

void read_groups(const Column& group, Catalog& catalog) {
  const auto first = first_occurrence(group.rows(), [&](size_t row) { return group.filled(row); });
  catalog.group.reserve(group.rows());
  for (size_t row = 0; row < group.rows(); ++row) {
    const bool is_new = first[row] == row;
    catalog.group.push_back(is_new ? static_cast<int>(catalog.group_names.size()) : catalog.group[first[row]]);
    if (is_new) catalog.group_names.push_back(group.text(row));
  }
}

void read_train(const CatalogConfig& config, Catalog& catalog) {
  const CsvTable table = read_songs(
      config.train, {config.id_column, config.path_column, config.label_column, "genre", config.group_column});
  const Column id(table, config.id_column), path(table, config.path_column), label(table, config.label_column);
  id.require_distinct();
  path.require_filled();
  read_classes(table, label, catalog);
  read_class_names(table, catalog);
  if (!config.group_column.empty()) read_groups(Column(table, config.group_column), catalog);
  catalog.train.reserve(id.rows());
  catalog.tracks.reserve(id.rows(), table.text.size());
  for (size_t row = 0; row < id.rows(); ++row) {
    catalog.train.push_back(static_cast<int>(row));
    catalog.tracks.push_back({id.text(row), path.text(row)});
  }
}

// A song may be in both tables, as one track, where both name the same file.
void read_test(const CatalogConfig& config, Catalog& catalog) {
  const CsvTable table = read_songs(config.test, {config.id_column, config.path_column});
  const Column id(table, config.id_column), path(table, config.path_column);
  id.require_distinct();
  const size_t train_tracks = catalog.tracks.size();
  const auto first = first_occurrence(train_tracks + id.rows(), [&](size_t i) {
    return i < train_tracks ? catalog.tracks.id(i) : id[i - train_tracks];
  });
  catalog.test.reserve(id.rows());
  catalog.tracks.reserve(id.rows(), table.text.size());
  for (size_t row = 0; row < id.rows(); ++row) {
    const std::string file(path.filled(row));
    const size_t known = first[train_tracks + row];
    if (known >= train_tracks) {
      catalog.test.push_back(static_cast<int>(catalog.tracks.size()));
      catalog.tracks.push_back({id.text(row), file});
      continue;
    }
    const std::filesystem::path train_file = catalog.tracks.path(known);
    if (train_file != file) {
      path.fail(row, "is another file than '" + train_file.string() + "', which " + config.train.string() +
                         " names for the same " + config.id_column + " '" + id.text(row) + "'");
    }
    catalog.test.push_back(static_cast<int>(known));
  }
}

}  // namespace

Catalog read_catalog(const CatalogConfig& config) {
  Catalog catalog;
  catalog.root = config.root;
  catalog.id_column = config.id_column;
  catalog.label_column = config.label_column;
  if (!config.train.empty()) read_train(config, catalog);
  if (!config.test.empty()) read_test(config, catalog);
  return catalog;
}

std::string Catalog::hash() const {
  uint64_t hash = hash64("");
  const auto add = [&hash](std::string_view field) {
    hash = hash64(std::string_view("\0", 1), hash64(field, hash));
  };  // no field holds a NUL: read_csv refuses them
  for (size_t track = 0; track < tracks.size(); ++track) {
    add(tracks.id(track));
    add(tracks.path(track));
  }
  add("train");
  for (size_t row = 0; row < train.size(); ++row) {
    add(class_ids[label[row]]);
    if (!group.empty()) add(group_names[group[row]]);
  }
  add(group.empty() ? "test" : "grouped, test");
  for (const int track : test) add(std::to_string(track));
  return fingerprint(hash);
}

}  // namespace foldwave::catalog
