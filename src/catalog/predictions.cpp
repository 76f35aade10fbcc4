#include "foldwave/catalog/predictions.h"

#include <cmath>
#include <span>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::catalog {
namespace {

using formats::Hdf5File;

// InputError unless the parts of a table fit together.
void check(const std::filesystem::path& path, const PredictionTable& table) {
  const auto refuse = [&path](const std::string& why) {
    throw InputError(path.string() + " is not a prediction table: " + why);
  };
  if (table.classes < 1) refuse("/probability has no classes");
  if (table.probability.size() != table.rows() * static_cast<size_t>(table.classes))
    refuse("/probability has another number of rows than /song_id");
  if (table.label.size() != table.rows()) refuse("/label has another number of rows than /song_id");
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.label[row] >= -1 && table.label[row] < table.classes) continue;
    refuse("the label of song_id '" + table.song_id[row] + "' is " + std::to_string(table.label[row]) +
           ", where -1 to " + std::to_string(table.classes - 1) + " was expected");
  }
}

template <class T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// Of all that a table says.
std::string checksum_of(const PredictionTable& table) {
  std::string text = table.model + '\n' + table.augment + '\n' + std::to_string(table.seed) + '\n' +
                     std::to_string(table.fold) + '\n' + std::to_string(table.classes) + '\n' +
                     std::to_string(table.optimistic) + '\n';
  text += bytes_of(std::vector<double>{table.macro_f1});
  for (const std::string& id : table.song_id) text += id + '\n';
  return fingerprint(hash64(bytes_of(table.probability), hash64(bytes_of(table.label), hash64(text))));
}

PredictionTable table_in(const Hdf5File& file, const std::filesystem::path& path) {
  for (const std::string name : {"/song_id", "/probability", "/label"}) {
    if (!file.has(name)) throw InputError(path.string() + " is not a prediction table: it has no " + name);
  }
  const std::vector<uint64_t> shape = file.shape("/probability");
  if (shape.size() != 2)
    throw InputError(path.string() + " is not a prediction table: /probability has " + std::to_string(shape.size()) +
                     " dimensions, where [songs, classes] was expected");

  PredictionTable table;
  table.model = file.text_attribute("/", "model");
  table.augment = file.text_attribute("/", "augment");
  table.seed = static_cast<int64_t>(file.number_attribute("/", "seed"));
  table.fold = static_cast<int>(file.number_attribute("/", "fold"));
  table.macro_f1 = file.number_attribute("/", "macro_f1");
  table.optimistic = file.has_attribute("/", "optimistic") && file.number_attribute("/", "optimistic") != 0;
  table.song_id = file.read_strings("/song_id");
  table.label = file.read<int32_t>("/label");
  table.classes = static_cast<int>(shape[1]);
  table.probability = file.read<float>("/probability");
  table.origin = path.string();
  check(path, table);
  if (file.has_attribute("/", "checksum") && file.text_attribute("/", "checksum") != checksum_of(table))
    throw InputError(path.string() + ": damaged: its contents do not match its attribute 'checksum'");
  return table;
}

}  // namespace

void write_predictions(const std::filesystem::path& path, const PredictionTable& table) {
  check(path, table);
  const uint64_t rows = table.rows();
  PendingFile pending(path);
  Hdf5File file = Hdf5File::create(pending.temporary());
  file.write_strings("/song_id", table.song_id);
  file.write<float>("/probability", table.probability, {rows, static_cast<uint64_t>(table.classes)});
  file.write<int32_t>("/label", table.label, {rows});
  file.set_attribute("/", "model", table.model);
  file.set_attribute("/", "augment", table.augment);
  file.set_attribute("/", "seed", table.seed);
  file.set_attribute("/", "fold", static_cast<int64_t>(table.fold));
  file.set_attribute("/", "macro_f1", table.macro_f1);
  file.set_attribute("/", "optimistic", static_cast<int64_t>(table.optimistic));
  file.set_attribute("/", "checksum", checksum_of(table));
  file.close();
  pending.commit();
}

PredictionTable read_predictions(const std::filesystem::path& path) {
  const Hdf5File file = Hdf5File::open(path);
  try {
    return table_in(file, path);
  } catch (const SystemError& error) {  // HDF5's own, for the file could be opened
    throw InputError(path.string() + ": damaged: " + error.what());
  }
}

}  // namespace foldwave::catalog
