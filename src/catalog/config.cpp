// The keys of [data] and [folds].
#include <algorithm>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/core/errors.h"

namespace foldwave::catalog {
namespace {

Option text_option(const std::string& key, const std::string& default_value, const std::string& help,
                   Effect effect = Effect::result) {
  Option option;
  option.key = key;
  option.default_value = default_value;
  option.help = help;
  option.effect = effect;
  return option;
}

Option path_option(const std::string& key, const std::string& help, Effect effect = Effect::result) {
  Option option = text_option(key, "", help, effect);
  option.kind = ValueKind::path;
  return option;
}

Option integer_option(const std::string& key, const std::string& default_value, const std::string& help, double min,
                      double max) {
  Option option = text_option(key, default_value, help);
  option.kind = ValueKind::integer;
  option.min = min;
  option.max = max;
  return option;
}

// A table is named from where the user stands or, if it is not there, from data.root.
std::filesystem::path table_path(const std::string& text, const std::filesystem::path& root) {
  const std::filesystem::path path = text;
  if (text.empty() || path.is_absolute() || std::filesystem::exists(path)) return path;
  return std::filesystem::exists(root / path) ? root / path : path;
}

CatalogConfig songs_and_columns(const Settings& settings) {
  CatalogConfig config;
  config.root = settings.text("data.root");
  config.test = table_path(settings.text("data.test"), config.root);
  config.id_column = settings.text("data.id");
  config.path_column = settings.text("data.path");
  config.label_column = settings.text("data.label");
  return config;
}

}  // namespace

// Where the tables and the music lie is layout: a data set that was moved is the same data set, for Catalog::hash() is
// its identity.
void declare_options(OptionRegistry& registry) {
  registry.add(path_option(
      "data.root", "folder that paths in the tables are relative to; empty: the folder of data.train", Effect::layout));
  registry.add(
      path_option("data.train", "CSV table of the training songs, from here or from data.root", Effect::layout));
  registry.add(path_option("data.test", "CSV table of the songs to predict; empty: none", Effect::layout));
  registry.add(text_option(
      "data.group", "", "column, such as track or artist, whose songs of one value are kept in one fold; empty: none"));
  registry.add(text_option("data.id", "song_id", "column of a song's id"));
  registry.add(text_option("data.path", "filepath", "column of a song's audio file"));
  registry.add(text_option("data.label", "genre_id", "column of a song's class, an integer"));
  registry.usual({"data.root", "data.train", "data.test", "data.group"});
}

CatalogConfig catalog_config(const Settings& settings) {
  if (settings.text("data.train").empty())
    throw InputError("data.train is not set; it names the CSV table of the training songs");
  CatalogConfig config = songs_and_columns(settings);
  config.train = table_path(settings.text("data.train"), config.root);
  if (config.root.empty()) config.root = config.train.parent_path();
  config.group_column = settings.text("data.group");
  return config;
}

CatalogConfig test_catalog_config(const Settings& settings) {
  if (settings.text("data.test").empty())
    throw InputError("data.test is not set; it names the CSV table of the songs that are asked about");
  CatalogConfig config = songs_and_columns(settings);
  if (config.root.empty()) config.root = config.test.parent_path();
  return config;
}

void declare_fold_options(OptionRegistry& registry) {
  registry.add(integer_option("folds.count", "5", "number of folds; with folds.file, that file decides", 2, 100));
  registry.add(integer_option("folds.seed", "", "of the shuffle that deals songs out to folds; empty: run.seed", 0,
                              4294967295.0));
  registry.add(path_option("folds.file", "CSV table song_id,fold of folds of your own; empty: they are made"));
  Option only = integer_option("folds.only", "", "train these folds alone; empty: all", 0, 99);
  only.list = true;
  only.effect = Effect::layout;
  registry.add(only);
  registry.usual({"folds.count"});
}

FoldConfig fold_config(const Settings& settings) {
  FoldConfig config;
  config.count = static_cast<int>(settings.integer("folds.count"));
  config.seed =
      static_cast<uint32_t>(settings.integer(settings.text("folds.seed").empty() ? "run.seed" : "folds.seed"));
  config.file = settings.text("folds.file");
  for (const std::string& fold : settings.list("folds.only")) config.only.push_back(std::stoi(fold));
  std::sort(config.only.begin(), config.only.end());
  config.only.erase(std::unique(config.only.begin(), config.only.end()), config.only.end());
  return config;
}

}  // namespace foldwave::catalog
