// How long the meta-model takes to fit, on predictions of other programs (stack.inputs): beside scikit-learn's.
#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/ensemble/ensemble.h"
#include "jobs/bench.h"
#include "jobs/session.h"

namespace foldwave::jobs {
namespace {

// All models' probabilities side by side. [rows, models * classes]
std::vector<double> side_by_side(const std::vector<ensemble::ModelPredictions>& models) {
  std::vector<double> x;
  const auto classes = static_cast<std::ptrdiff_t>(models.front().oof.classes);
  for (size_t row = 0; row < models.front().oof.rows(); ++row)
    for (const ensemble::ModelPredictions& model : models) {
      const auto begin = model.oof.probability.begin() + static_cast<std::ptrdiff_t>(row) * classes;
      x.insert(x.end(), begin, begin + classes);
    }
  return x;
}

void measure(const Settings& settings) {
  const ensemble::StackConfig config = ensemble::stack_config(settings);
  if (config.inputs.empty()) throw InputError("this benchmark needs --stack.inputs and --data.train");
  const catalog::Catalog catalog = catalog::read_catalog(catalog::catalog_config(settings));
  const catalog::Folds folds = catalog::make_folds(catalog, catalog::fold_config(settings));
  const std::vector<std::string> ids = ids_of(catalog, catalog.train);
  const double begin_s = monotonic_s();
  const auto models = ensemble::read_outside(config, catalog, folds, ids, {});
  const double read_s = monotonic_s();
  const std::vector<double> x = side_by_side(models);
  const int features = static_cast<int>(models.size()) * catalog.classes();
  std::vector<double> seconds;
  models::LogisticModel model;
  for (int64_t repeat = 0; repeat < settings.integer("bench.repeats"); ++repeat) {
    const double fit_s = monotonic_s();
    model = models::fit_logistic(x, catalog.label, features, catalog.classes(), config.c.front());
    seconds.push_back(monotonic_s() - fit_s);
  }
  const double stack_s = monotonic_s();
  const ensemble::StackOutcome outcome = ensemble::stack(models, folds.fold, catalog.group, config);
  print_result({{"bench", "stack"},
                {"rows", ids.size()},
                {"models", models.size()},
                {"classes", catalog.classes()},
                {"c", config.c.front()},
                {"read_s", read_s - begin_s},
                {"fit_s", median(seconds)},
                {"stack_s", monotonic_s() - stack_s},
                {"chosen", outcome.chosen},
                {"anonymous_mib", anonymous_mib()},
                {"coefficient", model.weight},
                {"intercept", model.intercept}});
}

}  // namespace

void bench_stack(const Call& call) {
  comm::on_rank_0(call.world->all(), [&] {
    measure(call.settings);
    return std::string();
  });
}

}  // namespace foldwave::jobs
