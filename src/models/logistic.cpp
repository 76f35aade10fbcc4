#include "foldwave/models/logistic.h"

#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "models/fit_rows.h"

namespace foldwave::models {
namespace {

// Intercept of a class with no row to learn from: its probability underflows to exactly 0, as if it were not there.
constexpr double never = -1000;

// Small problems run on one thread: waking others for each of some hundred tiny products costs more than it saves.
class ThreadsFor {
 public:
  explicit ThreadsFor(double multiplications) : before_(torch::get_num_threads()) {
    if (multiplications < 1e7) torch::set_num_threads(1);
  }
  ~ThreadsFor() { torch::set_num_threads(before_); }
  ThreadsFor(const ThreadsFor&) = delete;
  ThreadsFor& operator=(const ThreadsFor&) = delete;

 private:
  int before_;
};

// The rows and labels of one fit. Labels count the classes that occur, so that a class without rows has no logits that
// drift off.
struct Problem {
  torch::Tensor x;             // [n, features], of any floating type
  torch::Tensor label;         // [n]
  torch::Tensor weight;        // [n] of each row's loss; undefined: all 1
  std::vector<int> occurring;  // class numbers, ascending
};

Problem problem_of(const torch::Tensor& x, const std::vector<int>& label, int classes,
                   const std::vector<double>& row_weight) {
  const int64_t n = static_cast<int64_t>(label.size());
  std::vector<int> occurring = label;
  std::sort(occurring.begin(), occurring.end());
  occurring.erase(std::unique(occurring.begin(), occurring.end()), occurring.end());
  if (occurring.front() < 0 || occurring.back() >= classes)
    throw InputError("logistic regression: a label outside 0 to " + std::to_string(classes - 1));
  Problem problem{x, torch::empty({n}, torch::kInt64), {}, std::move(occurring)};
  for (int64_t i = 0; i < n; ++i)
    problem.label.data_ptr<int64_t>()[i] =
        std::lower_bound(problem.occurring.begin(), problem.occurring.end(), label[i]) - problem.occurring.begin();
  if (!row_weight.empty()) {
    if (row_weight.size() != label.size())
      throw InputError("logistic regression: " + std::to_string(row_weight.size()) + " weights for " +
                       std::to_string(n) + " rows");
    problem.weight = torch::from_blob(const_cast<double*>(row_weight.data()), {n}, torch::kFloat64);
  }
  return problem;
}

// Coordinates in which the objective is nearly round: logits are linear in u = [x, 1] * inverse(transpose(L)), where L
// * transpose(L) is the Hessian at the start, without the coupling between classes. Probabilities of several models are
// nearly collinear, and L-BFGS would need thousands of steps in theirs.
struct Coordinates {
  torch::Tensor u;      // [n, features + 1]
  torch::Tensor lower;  // L [features + 1, features + 1]
};

Coordinates round_coordinates(const Problem& problem, int64_t occurring, double penalty) {
  const int64_t n = problem.x.size(0), features = problem.x.size(1);
  // `use` gets [some rows, features + 1], a 1 behind each, and where they stand.
  const auto for_some_rows = [&](const auto& use) {
    for (int64_t begin = 0; begin < n; begin += rows_at_once) {
      const int64_t rows = std::min(rows_at_once, n - begin);
      const torch::Tensor x = problem.x.narrow(0, begin, rows).to(torch::kFloat64);
      use(torch::cat({x, torch::ones({rows, 1}, torch::kFloat64)}, 1), begin, rows);
    }
  };
  torch::Tensor hessian = torch::zeros({features + 1, features + 1}, torch::kFloat64);
  for_some_rows([&](torch::Tensor counted, int64_t begin, int64_t rows) {
    if (problem.weight.defined()) counted *= problem.weight.narrow(0, begin, rows).sqrt().unsqueeze(1);
    hessian.addmm_(counted.t(), counted);
  });
  const auto share = 1.0 / static_cast<double>(occurring);
  hessian *= share * (1 - share) / static_cast<double>(n);
  hessian.diagonal().slice(0, 0, features) += penalty;
  hessian.diagonal() += 1e-12;  // keeps the factor defined where features are collinear and the penalty is tiny
  const torch::Tensor lower = torch::linalg_cholesky(hessian);
  torch::Tensor u = torch::empty({n, features + 1}, torch::kFloat64);
  for_some_rows([&](const torch::Tensor& x, int64_t begin, int64_t rows) {
    u.narrow(0, begin, rows).copy_(torch::linalg_solve_triangular(lower, x.t(), false).t());
  });
  return {u, lower};
}

// The weights and the intercept in a last column, from those in round coordinates. [rows, features + 1]
torch::Tensor plain(const Coordinates& coordinates, const torch::Tensor& rounded) {
  return torch::linalg_solve_triangular(coordinates.lower.t(), rounded.t(), true).t();
}

// Mean loss plus the penalty: scikit-learn's objective divided by C * n, so the same minimum.
torch::Tensor objective(const Problem& problem, const Coordinates& coordinates, const torch::Tensor& rounded,
                        double penalty) {
  const torch::Tensor logits = coordinates.u.mm(rounded.t());
  torch::Tensor loss = rounded.size(0) > 1
                           ? torch::cross_entropy_loss(logits, problem.label, {}, at::Reduction::None)
                           : torch::binary_cross_entropy_with_logits(
                                 logits.squeeze(1), problem.label.to(torch::kFloat64), {}, {}, at::Reduction::None);
  if (problem.weight.defined()) loss = loss * problem.weight;
  return loss.mean() + penalty / 2 * plain(coordinates, rounded).slice(1, 0, problem.x.size(1)).square().sum();
}

// L-BFGS with strong Wolfe line search until the loss stands still, then again with a fresh memory for the last digits,
// until that gains nothing. Its tolerances are in units of the loss reached, which a large C makes as small as it
// likes where classes can be told apart. Weights and, in a last column, intercepts. [rows, features + 1]
torch::Tensor minimise(const Problem& problem, double c) {
  const auto occurring = static_cast<int64_t>(problem.occurring.size());
  const int64_t rows = occurring == 2 ? 1 : occurring;
  if (occurring == 1) return torch::zeros({1, problem.x.size(1) + 1}, torch::kFloat64);
  const double penalty = 1 / (c * static_cast<double>(problem.x.size(0)));
  const Coordinates coordinates = round_coordinates(problem, occurring, penalty);
  torch::Tensor rounded =
      torch::zeros({rows, problem.x.size(1) + 1}, torch::TensorOptions().dtype(torch::kFloat64).requires_grad(true));
  constexpr int most_starts = 20;
  double unit = 1;
  for (int start = 0; start < most_starts; ++start) {
    torch::optim::LBFGS optimiser({rounded}, torch::optim::LBFGSOptions(1)
                                                 .max_iter(1000)
                                                 .max_eval(2000)
                                                 .tolerance_grad(1e-8)
                                                 .tolerance_change(1e-13)
                                                 .history_size(20)
                                                 .line_search_fn("strong_wolfe"));
    optimiser.step([&] {
      if (StopFlag::raised()) throw Stopped("stopped while a logistic regression was fitted");
      optimiser.zero_grad();
      torch::Tensor loss = objective(problem, coordinates, rounded, penalty) / unit;
      loss.backward();
      return loss;
    });
    const double reached = objective(problem, coordinates, rounded, penalty).item<double>();
    const bool gains = start == 0 || reached < (1 - 1e-9) * unit;
    if (!gains || !(reached > 0)) break;
    unit = reached;
  }
  torch::NoGradGuard no_gradients;
  return plain(coordinates, rounded).contiguous();
}

// Puts the solution for the classes that occur in place among all classes.
LogisticModel spread_out(const torch::Tensor& solution, const Problem& problem, int features, int classes) {
  LogisticModel model{.features = features, .classes = classes, .weight = {}, .intercept = {}};
  const auto row_of = [&](int64_t row) { return solution.data_ptr<double>() + row * (features + 1); };
  if (classes == 2) {
    const bool both = problem.occurring.size() == 2;
    model.weight.assign(row_of(0), row_of(0) + features);
    model.intercept = {both ? row_of(0)[features] : problem.occurring.front() == 1 ? -never : never};
    return model;
  }
  model.weight.assign(static_cast<size_t>(classes) * features, 0);
  model.intercept.assign(classes, never);
  for (const int k : problem.occurring) model.intercept[k] = 0;
  const bool binomial = problem.occurring.size() == 2;  // of two classes, the second alone has weights
  for (int64_t row = 0; row < solution.size(0); ++row) {
    const int k = problem.occurring[binomial ? 1 : row];
    std::copy_n(row_of(row), features, model.weight.begin() + static_cast<int64_t>(k) * features);
    model.intercept[k] = row_of(row)[features];
  }
  return model;
}

}  // namespace

LogisticModel fit_rows(const torch::Tensor& x, const std::vector<int>& label, int classes, double c,
                       const std::vector<double>& row_weight) {
  const ThreadsFor threads(static_cast<double>(x.numel()) * classes);
  const Problem problem = problem_of(x, label, classes, row_weight);
  return spread_out(minimise(problem, c), problem, static_cast<int>(x.size(1)), classes);
}

LogisticModel fit_logistic(const std::vector<double>& x, const std::vector<int>& label, int features, int classes,
                           double c, const std::vector<double>& row_weight) {
  const auto n = static_cast<int64_t>(label.size());
  if (n == 0 || features < 1 || x.size() != label.size() * static_cast<size_t>(features))
    throw InputError("logistic regression: " + std::to_string(x.size()) + " values for " + std::to_string(n) +
                     " rows of " + std::to_string(features) + " features");
  return fit_rows(torch::from_blob(const_cast<double*>(x.data()), {n, features}, torch::kFloat64), label, classes, c,
                  row_weight);
}

std::vector<double> predict_probability(const LogisticModel& model, const std::vector<double>& x) {
  const ThreadsFor threads(static_cast<double>(x.size()) * model.classes);
  const int64_t n = static_cast<int64_t>(x.size()) / model.features;
  const auto rows = static_cast<int64_t>(model.intercept.size());
  torch::NoGradGuard no_gradients;
  const auto view = [](const std::vector<double>& values, torch::IntArrayRef shape) {
    return torch::from_blob(const_cast<double*>(values.data()), shape, torch::kFloat64);
  };
  torch::Tensor logits = torch::addmm(view(model.intercept, {rows}), view(x, {n, model.features}),
                                      view(model.weight, {rows, model.features}).t());
  if (rows == 1) logits = torch::cat({torch::zeros_like(logits), logits}, 1);
  const torch::Tensor probability = torch::softmax(logits, 1).contiguous();
  const double* values = probability.data_ptr<double>();
  return {values, values + probability.numel()};
}

}  // namespace foldwave::models
