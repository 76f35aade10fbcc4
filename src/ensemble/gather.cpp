#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "foldwave/core/errors.h"
#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {
namespace {

using catalog::PredictionTable;

// Softmax in float32 sums to 1 within 1e-6; a CSV with four digits for each of 19 classes within 1e-3.
constexpr double sum_tolerance = 2e-3;

using RowOf = std::unordered_map<std::string, size_t>;

RowOf rows_by_id(const std::vector<std::string>& ids) {
  RowOf row_of;
  for (size_t row = 0; row < ids.size(); ++row) row_of.emplace(ids[row], row);
  return row_of;
}

std::string model_and_seed(const PredictionTable& table, const char* kind) {
  return fmt::format("{} predictions of {} seed {}", kind,
                     table.augment.empty() ? table.model : table.model + "+" + table.augment, table.seed);
}

std::string place(const PredictionTable& table, const char* kind) {
  if (!table.origin.empty()) return table.origin;
  return table.fold < 0 ? model_and_seed(table, kind)
                        : fmt::format("{} fold {}", model_and_seed(table, kind), table.fold);
}

void require_distribution(const PredictionTable& table, size_t row, const std::string& where) {
  double sum = 0;
  for (int k = 0; k < table.classes; ++k) {
    const double p = table.probability[row * table.classes + k];
    if (!std::isfinite(p) || p < 0)
      throw InputError(fmt::format("{}: song '{}' has probability {} for class {}; expected a number from 0 to 1",
                                   where, table.song_id[row], p, k));
    sum += p;
  }
  if (std::abs(sum - 1) > sum_tolerance)
    throw InputError(
        fmt::format("{}: the probabilities of song '{}' sum to {:.4f}; expected 1", where, table.song_id[row], sum));
}

void require_shape(const PredictionTable& table, int classes, const std::string& where) {
  if (table.classes != classes)
    throw InputError(fmt::format("{}: {} classes; expected {}", where, table.classes, classes));
  if (table.probability.size() != table.rows() * static_cast<size_t>(classes) || table.label.size() != table.rows())
    throw InputError(fmt::format("{}: {} songs, but {} labels and {} probabilities of {} classes", where, table.rows(),
                                 table.label.size(), table.probability.size(), classes));
}

void require_complete(const std::vector<bool>& seen, const std::vector<std::string>& ids, const std::string& where) {
  size_t missing = 0, first = 0;
  for (size_t row = ids.size(); row-- > 0;)
    if (!seen[row]) ++missing, first = row;
  if (missing == 1) throw InputError(fmt::format("{}: song '{}' is missing", where, ids[first]));
  if (missing > 1)
    throw InputError(fmt::format("{}: song '{}' and {} more are missing", where, ids[first], missing - 1));
}

void require_label(const PredictionTable& table, size_t row, const std::string& where) {
  if (table.label[row] < 0 || table.label[row] >= table.classes)
    throw InputError(fmt::format("{}: song '{}' has label {}; expected 0 to {}", where, table.song_id[row],
                                 table.label[row], table.classes - 1));
}

// Calls use(row of the wanted songs, row of `table`) for every row of `table`, once it has proved to be wanted and not
// seen before.
template <class Use>
void match(const PredictionTable& table, const RowOf& row_of, std::vector<bool>& seen, const std::string& where,
           const char* kind, Use use) {
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto found = row_of.find(table.song_id[row]);
    if (found == row_of.end())
      throw InputError(fmt::format("{}: song '{}' is not among the {} songs", where, table.song_id[row], kind));
    if (seen[found->second])
      throw InputError(fmt::format("{}: song '{}' is there a second time", where, table.song_id[row]));
    require_distribution(table, row, where);
    seen[found->second] = true;
    use(found->second, row);
  }
}

PredictionTable empty_table(const PredictionTable& like, const std::vector<std::string>& ids) {
  PredictionTable table;
  table.model = like.model, table.augment = like.augment, table.seed = like.seed, table.classes = like.classes;
  table.macro_f1 = std::nan("");
  table.song_id = ids;
  table.label.assign(ids.size(), -1);
  table.probability.assign(ids.size() * like.classes, 0);
  return table;
}

PredictionTable gather_oof(const std::vector<PredictionTable>& folds, const std::vector<std::string>& ids) {
  PredictionTable whole = empty_table(folds.front(), ids);
  const RowOf row_of = rows_by_id(ids);
  std::vector<bool> seen(ids.size(), false);
  for (const PredictionTable& table : folds) {
    const std::string where = place(table, "OOF");
    require_shape(table, whole.classes, where);
    whole.optimistic = whole.optimistic || table.optimistic;
    match(table, row_of, seen, where, "training", [&](size_t to, size_t row) {
      require_label(table, row, where);
      whole.label[to] = table.label[row];
      std::copy_n(&table.probability[row * table.classes], table.classes, &whole.probability[to * table.classes]);
    });
  }
  const bool one_file = folds.size() == 1 && !folds.front().origin.empty();
  require_complete(seen, ids, one_file ? folds.front().origin : model_and_seed(whole, "OOF"));
  whole.macro_f1 =
      catalog::macro_f1(whole.label, catalog::most_likely(whole.probability, whole.classes), whole.classes);
  return whole;
}

PredictionTable gather_test(const std::vector<PredictionTable>& folds, const PredictionTable& like,
                            const std::vector<std::string>& ids) {
  PredictionTable whole = empty_table(like, ids);
  if (ids.empty()) return whole;
  const RowOf row_of = rows_by_id(ids);
  std::vector<double> sum(whole.probability.size(), 0);
  for (const PredictionTable& table : folds) {
    const std::string where = place(table, "test");
    require_shape(table, whole.classes, where);
    std::vector<bool> seen(ids.size(), false);
    match(table, row_of, seen, where, "test", [&](size_t to, size_t row) {
      for (int k = 0; k < table.classes; ++k) sum[to * table.classes + k] += table.probability[row * table.classes + k];
    });
    require_complete(seen, ids, where);
  }
  for (size_t i = 0; i < sum.size(); ++i)
    whole.probability[i] = static_cast<float>(sum[i] / static_cast<double>(folds.size()));
  return whole;
}

}  // namespace

ModelPredictions gather(const std::vector<PredictionTable>& oof_folds, const std::vector<PredictionTable>& test_folds,
                        const std::vector<std::string>& train_ids, const std::vector<std::string>& test_ids) {
  if (oof_folds.empty()) throw InputError("no OOF predictions to gather");
  if (test_folds.empty() && !test_ids.empty())
    throw InputError(
        fmt::format("no test predictions of {} for the {} test songs", oof_folds.front().model, test_ids.size()));
  ModelPredictions gathered;
  gathered.oof = gather_oof(oof_folds, train_ids);
  gathered.test = gather_test(test_folds, gathered.oof, test_ids);
  return gathered;
}

}  // namespace foldwave::ensemble
