// Golden values: LogisticRegression(C=2, tol=1e-12, max_iter=20000).fit(x, label, row_weight) of scikit-learn 1.9.1 on
// the rows of Golden below.
#include "foldwave/models/shallow.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/core/errors.h"

namespace foldwave::models {
namespace {

constexpr std::span<const RandomKey> no_keys;

torch::Tensor matrix(const Rows& rows) {
  const auto n = static_cast<int64_t>(rows.label.size());
  return torch::tensor(rows.x).view({n, -1});
}

torch::Tensor probability(Network& network, const torch::Tensor& x) {
  const torch::NoGradGuard no_grad;
  return torch::softmax(network.forward(x, no_keys).to(torch::kDouble), 1);
}

torch::Tensor tensor_of(const Network& network, const std::string& wanted) {
  for (const auto& [name, tensor] : state_dict(network))
    if (name == wanted) return tensor.detach();
  throw InputError("no tensor " + wanted);
}

double furthest(const torch::Tensor& a, const torch::Tensor& b) {
  return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

double accuracy(Network& network, const Rows& rows) {
  const auto answer = probability(network, matrix(rows)).argmax(1);
  const std::vector<int64_t> label(rows.label.begin(), rows.label.end());
  return answer.eq(torch::tensor(label)).to(torch::kDouble).mean().item<double>();
}

// 30 rows of 4 multiples of 1/8, three classes with some rows of the wrong one, weights of 0.5 to 1.25.
struct Golden : testing::Test {
  Golden() {
    for (int i = 0; i < 30; ++i) {
      float row[4];
      for (int j = 0; j < 4; ++j)
        row[j] = static_cast<float>((i * (7 + 4 * j) + 5 * j * j + i * i * (j + 1)) % 32) / 8 - 2;
      const int k = row[0] + row[1] > 0.5F ? 2 : row[2] > 0 ? 1 : 0;
      rows.x.insert(rows.x.end(), row, row + 4);
      rows.label.push_back(i % 7 == 0 ? (k + 1) % 3 : k);
      rows.row_weight.push_back(0.5 + 0.25 * (i % 4));
    }
  }
  Rows rows;
  ModelConfig config{.name = "logistic", .classes = 3, .summary_width = 4, .c = 2};
};

TEST_F(Golden, LogisticIsScikitLearnsWithRowWeights) {
  const auto network = fit_shallow(config, rows, 1);
  EXPECT_LT(furthest(tensor_of(*network, "weight"), torch::tensor({{-0.16763741, 0.09234356, -0.98893148, -0.3691409},
                                                                   {-0.47914397, -0.6843957, 1.41061901, 0.31301644},
                                                                   {0.64678138, 0.59205214, -0.42168753, 0.05612446}},
                                                                  torch::kDouble)),
            1e-6);
  EXPECT_LT(furthest(tensor_of(*network, "bias"), torch::tensor({0.20527508, -0.70864775, 0.50337267}, torch::kDouble)),
            1e-6);
  EXPECT_LT(furthest(probability(*network, matrix(rows)).narrow(0, 0, 3),
                     torch::tensor({{0.14834508, 0.82932674, 0.02232818},
                                    {0.84467777, 0.00681878, 0.14850345},
                                    {0.03245438, 0.93537249, 0.03217314}},
                                   torch::kDouble)),
            1e-6);
}

// label == 2
TEST_F(Golden, LogisticOfTwoClassesIsScikitLearnsBinomialOne) {
  for (int& label : rows.label) label = label == 2;
  config.classes = 2;
  const auto network = fit_shallow(config, rows, 1);
  EXPECT_LT(furthest(tensor_of(*network, "weight")[1],
                     torch::tensor({0.85767429, 0.76472581, -0.15298779, 0.29195509}, torch::kDouble)),
            1e-6);
  EXPECT_NEAR(tensor_of(*network, "bias")[1].item<double>(), -0.60469101, 1e-6);
  EXPECT_LT(furthest(probability(*network, matrix(rows)).narrow(0, 0, 3),
                     torch::tensor({{0.97228067, 0.02771933}, {0.82022635, 0.17977365}, {0.91490933, 0.08509067}},
                                   torch::kDouble)),
            1e-6);
}

// K = rbf_kernel(x, x, float32(0.5 / (4 * x.var()))), e, v = eigh(K): the same LogisticRegression on K @ v / sqrt(e).
TEST_F(Golden, RbfWithEveryRowAsLandmarkIsLogisticRegressionInTheKernelsSpace) {
  config.name = "rbf";
  config.gamma = 0.5;
  const auto network = fit_shallow(config, rows, 1);
  EXPECT_EQ(config.landmarks, 30);
  EXPECT_LT(furthest(probability(*network, matrix(rows)).narrow(0, 0, 3),
                     torch::tensor({{0.2198837, 0.55936712, 0.22074918},
                                    {0.70620836, 0.10915283, 0.18463881},
                                    {0.12558375, 0.68584387, 0.18857238}},
                                   torch::kDouble)),
            1e-5);
  EXPECT_LT(furthest(tensor_of(*network, "bias"), torch::tensor({0.09646954, -0.27666207, 0.18019254}, torch::kDouble)),
            1e-5);
}

class ShallowKind : public Golden, public testing::WithParamInterface<const char*> {
 protected:
  ShallowKind() { config.name = GetParam(); }

  void expect_probabilities(Network& network) {
    const auto p = probability(network, matrix(rows));
    EXPECT_TRUE(p.isfinite().all().item<bool>());
    EXPECT_LT(furthest(p.sum(1), torch::ones({p.size(0)})), 1e-12);
  }
};

TEST_P(ShallowKind, CountsTwoRowsOfHalfTheWeightAsOne) {
  const auto once = fit_shallow(config, rows, 1);
  const auto x = matrix(rows);
  Rows twice = rows;
  twice.x.insert(twice.x.end(), rows.x.begin(), rows.x.end());
  twice.label.insert(twice.label.end(), rows.label.begin(), rows.label.end());
  for (double& weight : twice.row_weight) weight /= 2;
  const std::vector<double> half = twice.row_weight;
  twice.row_weight.insert(twice.row_weight.end(), half.begin(), half.end());
  ModelConfig of_twice{.name = GetParam(), .classes = 3, .summary_width = 4, .c = 2};
  const auto network = fit_shallow(of_twice, twice, 1);
  EXPECT_LT(furthest(probability(*network, x), probability(*once, x)), 1e-4);
}

TEST_P(ShallowKind, IsCertainOfTheOnlyClass) {
  std::fill(rows.label.begin(), rows.label.end(), 1);
  const auto network = fit_shallow(config, rows, 1);
  expect_probabilities(*network);
  EXPECT_EQ(probability(*network, matrix(rows)).select(1, 1).min().item<double>(), 1);
}

TEST_P(ShallowKind, IsFittedToASingleRow) {
  rows = {{1, 2, 3, 4}, {2}, {0.5}};
  const auto network = fit_shallow(config, rows, 1);
  expect_probabilities(*network);
  EXPECT_EQ(probability(*network, matrix(rows))[0][2].item<double>(), 1);
}

TEST_P(ShallowKind, LearnsOnlyTheClassesSharesFromColumnsThatAreConstant) {
  std::fill(rows.x.begin(), rows.x.end(), 0.0F);
  rows.row_weight.clear();
  std::fill(rows.label.begin(), rows.label.end(), 0);
  std::fill_n(rows.label.begin(), 6, 2);
  const auto network = fit_shallow(config, rows, 1);
  expect_probabilities(*network);
  EXPECT_NEAR(probability(*network, matrix(rows))[0][2].item<double>(), 0.2, 1e-5);
}

TEST_P(ShallowKind, RefusesToBeFittedToNothing) { EXPECT_THROW(fit_shallow(config, {}, 1), InputError); }

TEST_P(ShallowKind, IsTheSameToTheByteEveryTime) {
  const auto one = state_dict(*fit_shallow(config, rows, 3)), other = state_dict(*fit_shallow(config, rows, 3));
  for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(torch::equal(one[i].second, other[i].second)) << one[i].first;
}

INSTANTIATE_TEST_SUITE_P(Kinds, ShallowKind, testing::Values("logistic", "rbf"),
                         [](const auto& test) { return std::string(test.param); });

// A disc within a ring, which no plane parts.
Rows disc_in_ring() {
  Rows rows;
  for (int i = 0; i < 200; ++i) {
    const double radius = i % 2 == 0 ? 0.5 : 2;
    rows.x.push_back(static_cast<float>(radius * std::cos(1.7 * i)));
    rows.x.push_back(static_cast<float>(radius * std::sin(1.7 * i)));
    rows.label.push_back(i % 2);
  }
  return rows;
}

TEST(Rbf, LearnsARingFromAFewRowsThatTheSeedDraws) {
  const Rows rows = disc_in_ring();
  std::vector<torch::Tensor> landmarks;
  for (const uint32_t seed : {1U, 2U, 1U}) {
    ModelConfig config{.name = "rbf", .classes = 2, .summary_width = 2, .landmarks = 20};
    const auto network = fit_shallow(config, rows, seed);
    EXPECT_EQ(config.landmarks, 20);
    EXPECT_GT(accuracy(*network, rows), 0.95);
    landmarks.push_back(tensor_of(*network, "landmarks"));
  }
  EXPECT_EQ(landmarks[0].sizes(), (std::vector<int64_t>{20, 2}));
  EXPECT_FALSE(torch::equal(landmarks[0], landmarks[1]));
  EXPECT_TRUE(torch::equal(landmarks[0], landmarks[2]));
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE((matrix(rows) == landmarks[0][i]).all(1).any().item<bool>()) << "landmark " << i << " is not a row";

  ModelConfig plane{.name = "logistic", .classes = 2, .summary_width = 2};
  EXPECT_LT(accuracy(*fit_shallow(plane, rows, 1), rows), 0.7);
}

// At the minimum of C * sum of losses + |W|^2 / 2, C * sum of (p - y) x^T + W and the sum of p - y are 0.
TEST(LogisticNetwork, ReachesTheMinimumWhereThereAreManyMoreColumnsThanRows) {
  const int64_t n = 60, width = 800;
  const auto x = torch::randn({n, width}, at::make_generator<at::CPUGeneratorImpl>(5));
  Rows rows;
  rows.x.assign(x.data_ptr<float>(), x.data_ptr<float>() + x.numel());
  for (int i = 0; i < n; ++i) {
    rows.label.push_back(i % 3);
    rows.row_weight.push_back(i % 3 == 0 ? 0.05 : 4);
  }
  ModelConfig config{.name = "logistic", .classes = 3, .summary_width = static_cast<int>(width), .c = 0.1};
  const auto network = fit_shallow(config, rows, 1);
  const auto weight = tensor_of(*network, "weight").to(torch::kDouble);
  const auto truth = torch::one_hot(torch::arange(n).remainder(3), 3).to(torch::kDouble);
  const auto wrong = (probability(*network, x) - truth) * torch::tensor(rows.row_weight, torch::kDouble).unsqueeze(1);
  const auto gradient = config.c * wrong.t().mm(x.to(torch::kDouble)) + weight;
  EXPECT_GT(weight.abs().max().item<double>(), 0.01);
  EXPECT_LT(gradient.abs().max().item<double>(), 1e-5);
  EXPECT_LT(wrong.sum(0).abs().max().item<double>(), 1e-4);
}

}  // namespace
}  // namespace foldwave::models
