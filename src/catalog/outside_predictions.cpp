#include "foldwave/catalog/outside_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "catalog/column.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/csv.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::catalog {
namespace {

constexpr const char* fold_column = "fold";

// Class number of each of a table's columns, by its id or, where no id is called so, its name; -1: no class.
std::vector<int> classes_of(const formats::CsvTable& csv, const Catalog& catalog) {
  std::vector<int> class_of(csv.header.size(), -1);
  std::vector<std::string> column_of(catalog.class_ids.size());
  for (size_t i = 0; i < csv.header.size(); ++i) {
    const std::string& name = csv.header[i];
    if (name == catalog.id_column || name == fold_column || name == catalog.label_column) continue;
    auto found = std::find(catalog.class_ids.begin(), catalog.class_ids.end(), name);
    if (found != catalog.class_ids.end()) {
      class_of[i] = static_cast<int>(found - catalog.class_ids.begin());
    } else {
      found = std::find(catalog.class_names.begin(), catalog.class_names.end(), name);
      if (found == catalog.class_names.end())
        throw InputError(csv.path.string() + ": column '" + name + "' is none of " + catalog.id_column + ", fold, " +
                         catalog.label_column + " and the classes of the training table");
      class_of[i] = static_cast<int>(found - catalog.class_names.begin());
    }
    std::string& taken = column_of[static_cast<size_t>(class_of[i])];
    if (!taken.empty())
      throw InputError(csv.path.string() + ": columns '" + taken + "' and '" + name + "' are of the same class");
    taken = name;
  }
  for (size_t k = 0; k < column_of.size(); ++k)
    if (column_of[k].empty())
      throw InputError(csv.path.string() + ": there is no column for the class '" + catalog.class_ids[k] + "'" +
                       (catalog.class_names[k] == catalog.class_ids[k] ? "" : " (" + catalog.class_names[k] + ")"));
  return class_of;
}

int class_number(const Column& label, size_t row, const Catalog& catalog) {
  const auto found = std::find(catalog.class_ids.begin(), catalog.class_ids.end(), label[row]);
  if (found == catalog.class_ids.end()) label.fail(row, "is no class of the training table");
  return static_cast<int>(found - catalog.class_ids.begin());
}

OutsidePredictions read_csv_predictions(const std::filesystem::path& path, const Catalog& catalog) {
  const formats::CsvTable csv = formats::read_csv(path);
  const Column id(csv, catalog.id_column);
  id.require_distinct();
  const std::vector<int> class_of = classes_of(csv, catalog);
  OutsidePredictions outside;
  PredictionTable& table = outside.table;
  table.model = path.stem().string();
  table.classes = catalog.classes();
  table.macro_f1 = std::nan("");
  table.label.assign(csv.rows.size(), -1);
  for (size_t row = 0; row < csv.rows.size(); ++row) table.song_id.push_back(id.text(row));
  table.probability.resize(csv.rows.size() * static_cast<size_t>(table.classes));
  for (size_t i = 0; i < class_of.size(); ++i) {
    if (class_of[i] < 0) continue;
    const Column column(csv, csv.header[i]);
    for (size_t row = 0; row < csv.rows.size(); ++row)
      table.probability[row * static_cast<size_t>(table.classes) + static_cast<size_t>(class_of[i])] =
          static_cast<float>(column.real(row));
  }
  if (csv.column(catalog.label_column)) {
    const Column label(csv, catalog.label_column);
    for (size_t row = 0; row < csv.rows.size(); ++row) table.label[row] = class_number(label, row, catalog);
  }
  if (csv.column(fold_column)) {
    const Column fold(csv, fold_column);
    for (size_t row = 0; row < csv.rows.size(); ++row) outside.fold.push_back(static_cast<int>(fold.integer(row)));
  }
  return outside;
}

PredictionTable attributes_of(const formats::Hdf5File& file) {
  PredictionTable table;
  const auto number = [&](const char* name, double otherwise) {
    return file.has_attribute("/", name) ? file.number_attribute("/", name) : otherwise;
  };
  if (file.has_attribute("/", "model")) table.model = file.text_attribute("/", "model");
  if (file.has_attribute("/", "augment")) table.augment = file.text_attribute("/", "augment");
  table.seed = static_cast<int64_t>(number("seed", 0));
  table.fold = static_cast<int>(number("fold", -1));
  table.macro_f1 = number("macro_f1", std::nan(""));
  table.optimistic = number("optimistic", 0) != 0;
  return table;
}

// Text, or the numbers that other programs write where every name is one.
std::vector<std::string> names_in(const formats::Hdf5File& file, const std::filesystem::path& path,
                                  const std::string& array) {
  if (file.holds_text(array)) return file.read_strings(array);
  const std::vector<double> values = file.read<double>(array);
  const std::vector<int64_t> whole = file.read<int64_t>(array);
  std::vector<std::string> names;
  for (size_t i = 0; i < whole.size(); ++i) {
    if (static_cast<double>(whole[i]) != values[i])
      throw InputError(fmt::format("{}: {} holds {}; expected text or whole numbers", path.string(), array, values[i]));
    names.push_back(std::to_string(whole[i]));
  }
  return names;
}

// The class that each column is of: as the file names them, or in the training table's order.
std::vector<int> classes_of(const formats::Hdf5File& file, const std::filesystem::path& path, const Catalog& catalog) {
  std::vector<int> class_of(catalog.class_ids.size());
  std::iota(class_of.begin(), class_of.end(), 0);
  std::string other;
  for (const char* array : {"/class_ids", "/classes"}) {
    if (!file.has(array) || file.shape(array).empty()) continue;  // a lone number is their count
    const std::vector<std::string> named = names_in(file, path, array);
    const bool distinct = std::set<std::string>(named.begin(), named.end()).size() == named.size();
    if (named == catalog.class_names && !distinct) return class_of;  // two classes of one name
    const auto is_order_of = [&](const std::vector<std::string>& known) {
      return distinct && std::is_permutation(named.begin(), named.end(), known.begin(), known.end());
    };
    if (!is_order_of(catalog.class_ids) && !is_order_of(catalog.class_names)) {
      other = array;
      continue;
    }
    const auto& known = is_order_of(catalog.class_ids) ? catalog.class_ids : catalog.class_names;
    for (size_t i = 0; i < named.size(); ++i)
      class_of[i] = static_cast<int>(std::find(known.begin(), known.end(), named[i]) - known.begin());
    return class_of;
  }
  if (!other.empty())
    throw InputError(path.string() + " is not a prediction table: " + other +
                     " are not the classes of the training table (" + catalog.class_ids.front() + ", ...)");
  return class_of;
}

void put_in_order(PredictionTable& table, const std::vector<int>& class_of) {
  const std::vector<float> as_written = table.probability;
  const auto classes = static_cast<size_t>(table.classes);
  for (size_t i = 0; i < as_written.size(); ++i)
    table.probability[i / classes * classes + static_cast<size_t>(class_of[i % classes])] = as_written[i];
  for (int& label : table.label)
    if (label >= 0 && label < table.classes) label = class_of[static_cast<size_t>(label)];
}

OutsidePredictions read_hdf5_predictions(const std::filesystem::path& path, const Catalog& catalog) {
  const formats::Hdf5File file = formats::Hdf5File::open(path);
  const auto refuse = [&](const std::string& why) {
    throw InputError(path.string() + " is not a prediction table: " + why);
  };
  for (const char* name : {"/song_id", "/probability"})
    if (!file.has(name)) refuse(std::string("it has no ") + name);
  OutsidePredictions outside{attributes_of(file), {}};
  PredictionTable& table = outside.table;
  if (table.model.empty()) table.model = path.stem().string();
  const std::vector<uint64_t> shape = file.shape("/probability");
  if (shape.size() != 2 || shape[1] != catalog.class_ids.size())
    refuse("/probability is not [songs, " + std::to_string(catalog.classes()) + "], for as many classes");
  table.classes = catalog.classes();
  table.song_id = names_in(file, path, "/song_id");
  if (shape[0] != table.rows()) refuse("/probability has another number of rows than /song_id");
  table.probability = file.read<float>("/probability");
  table.label = file.has("/label") ? file.read<int32_t>("/label") : std::vector<int>(table.rows(), -1);
  if (table.label.size() != table.rows()) refuse("/label has another number of rows than /song_id");
  if (table.fold >= 0) outside.fold.assign(table.rows(), table.fold);
  if (file.has("/fold")) outside.fold = file.read<int32_t>("/fold");
  if (!outside.fold.empty() && outside.fold.size() != table.rows())
    refuse("/fold has another number of rows than /song_id");
  put_in_order(table, classes_of(file, path, catalog));
  return outside;
}

}  // namespace

bool is_hdf5(const std::filesystem::path& path) { return path.extension() == ".h5" || path.extension() == ".hdf5"; }

OutsidePredictions read_outside_predictions(const std::filesystem::path& path, const Catalog& catalog) {
  OutsidePredictions outside =
      is_hdf5(path) ? read_hdf5_predictions(path, catalog) : read_csv_predictions(path, catalog);
  outside.table.origin = path.string();
  return outside;
}

PredictionTable read_model_of(const std::filesystem::path& path) {
  return is_hdf5(path) ? attributes_of(formats::Hdf5File::open(path)) : PredictionTable{};
}

}  // namespace foldwave::catalog
