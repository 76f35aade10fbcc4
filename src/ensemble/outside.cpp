#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "foldwave/catalog/outside_predictions.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {
namespace {

using catalog::PredictionTable;
using Path = std::filesystem::path;

// What a file says of its model: name, augmentation, seed. The name is empty where it says nothing.
using Key = std::tuple<std::string, std::string, int64_t>;

struct OutsideModel {
  Key key;
  std::vector<Path> oof, test;
};

Key key_of(const Path& path) {
  const PredictionTable says = catalog::read_model_of(path);
  return {says.model, says.augment, says.seed};
}

const Key nameless{"", "", 0};

// Files that say the same are folds of one model; one that says nothing is a whole model.
std::vector<OutsideModel> models_of(const std::vector<Path>& files) {
  std::vector<OutsideModel> models;
  for (const Path& path : files) {
    const Key key = key_of(path);
    auto found = std::find_if(models.begin(), models.end(),
                              [&](const OutsideModel& model) { return key != nameless && model.key == key; });
    if (found == models.end()) found = models.insert(found, {key, {}, {}});
    found->oof.push_back(path);
  }
  return models;
}

// A test file belongs to the model that it names; those that name none, to the models that have no name, in order.
void add_test_files(const std::vector<Path>& files, std::vector<OutsideModel>& models) {
  size_t next = 0;
  for (const Path& path : files) {
    const Key key = key_of(path);
    if (key == nameless)
      while (next < models.size() && models[next].key != nameless) ++next;
    const auto found = key == nameless ? models.begin() + static_cast<std::ptrdiff_t>(next++)
                                       : std::find_if(models.begin(), models.end(),
                                                      [&](const OutsideModel& model) { return model.key == key; });
    if (found >= models.end())
      throw InputError(fmt::format(
          "stack.test_inputs: '{}' {}", path.string(),
          key == nameless ? "names no model and is one more than the files of stack.inputs that name none either"
                          : fmt::format("is of {}, of which there is no file in stack.inputs", std::get<0>(key))));
    found->test.push_back(path);
  }
}

// The ids that some row is of, in their order.
std::vector<std::string> those_there(const std::vector<std::string>& ids, const std::vector<PredictionTable>& tables) {
  std::unordered_set<std::string_view> there;
  for (const PredictionTable& table : tables) there.insert(table.song_id.begin(), table.song_id.end());
  std::vector<std::string> found;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(found),
               [&](const std::string& id) { return there.contains(id); });
  return found;
}

// What is known of the songs that OOF rows may be of.
class Training {
 public:
  Training(const catalog::Catalog& catalog, const catalog::Folds& folds, const std::vector<std::string>& wanted)
      : catalog_(catalog), folds_(folds) {
    for (size_t row = 0; row < catalog.train.size(); ++row)
      row_of_.emplace(catalog.tracks.id(static_cast<size_t>(catalog.train[row])), row);
    wanted_.insert(wanted.begin(), wanted.end());
  }

  // The rows that are stacked, labelled; those of training songs that are not (of folds.only, of unusable audio) are
  // left out, those of strangers stay, to be refused by name.
  PredictionTable confined(const catalog::OutsidePredictions& outside) const {
    const PredictionTable& from = outside.table;
    PredictionTable table = from;
    table.song_id.clear(), table.label.clear(), table.probability.clear();
    for (size_t row = 0; row < from.rows(); ++row) {
      const auto known = row_of_.find(from.song_id[row]);
      int label = from.label[row];
      if (known != row_of_.end()) {
        require_fold(outside, row, folds_.fold[known->second]);
        require_label(from, row, catalog_.label[known->second]);
        if (!wanted_.contains(from.song_id[row])) continue;
        label = catalog_.label[known->second];
      }
      table.song_id.push_back(from.song_id[row]);
      table.label.push_back(label);
      const auto begin = from.probability.begin() + static_cast<std::ptrdiff_t>(row) * from.classes;
      table.probability.insert(table.probability.end(), begin, begin + from.classes);
    }
    return table;
  }

 private:
  static void require_fold(const catalog::OutsidePredictions& outside, size_t row, int fold) {
    if (outside.fold.empty() || outside.fold[row] == fold) return;
    throw InputError(fmt::format(
        "{}: song '{}' was held out in fold {}; in this run it is in fold {} (folds.file takes other folds)",
        outside.table.origin, outside.table.song_id[row], outside.fold[row], fold));
  }

  void require_label(const PredictionTable& table, size_t row, int label) const {
    if (table.label[row] == -1 || table.label[row] == label) return;
    throw InputError(fmt::format("{}: song '{}' has label {}; in the training table its class is number {}, {} '{}'",
                                 table.origin, table.song_id[row], table.label[row], label, catalog_.label_column,
                                 catalog_.class_ids[static_cast<size_t>(label)]));
  }

  const catalog::Catalog& catalog_;
  const catalog::Folds& folds_;
  std::unordered_map<std::string_view, size_t> row_of_;
  std::unordered_set<std::string_view> wanted_;
};

}  // namespace

std::vector<ModelPredictions> read_outside(const StackConfig& config, const catalog::Catalog& catalog,
                                           const catalog::Folds& folds, const std::vector<std::string>& train_ids,
                                           const std::vector<std::string>& test_ids, Rows which) {
  if (test_ids.empty() && !config.test_inputs.empty())
    throw InputError("stack.test_inputs is given, but data.test, the table of their songs, is not");
  std::vector<OutsideModel> models = models_of(files_like(config.inputs, "stack.inputs"));
  add_test_files(files_like(config.test_inputs, "stack.test_inputs"), models);
  const Training training(catalog, folds, train_ids);
  std::vector<ModelPredictions> all;
  for (const OutsideModel& model : models) {
    std::vector<PredictionTable> oof, test;
    for (const Path& path : model.oof)
      oof.push_back(training.confined(catalog::read_outside_predictions(path, catalog)));
    for (const Path& path : model.test) test.push_back(catalog::read_outside_predictions(path, catalog).table);
    if (test.empty() && !test_ids.empty())
      throw InputError(fmt::format("stack.test_inputs has nothing for '{}', and there are {} test songs",
                                   model.oof.front().string(), test_ids.size()));
    all.push_back(gather(oof, test, which == Rows::all ? train_ids : those_there(train_ids, oof), test_ids));
    all.back().outside = true;
  }
  return all;
}

}  // namespace foldwave::ensemble
