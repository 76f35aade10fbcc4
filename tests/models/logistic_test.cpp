// Golden values: tests/golden/stacking.h5 (scikit-learn 1.9, make_golden.py); those of two classes from the same
// version, see below.
#include "foldwave/models/logistic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "foldwave/catalog/predictions.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::models {
namespace {

// [models, rows, classes] -> [rows, models * classes]
std::vector<double> side_by_side(const std::vector<double>& stacked, const std::vector<uint64_t>& shape) {
  const size_t models = shape[0], rows = shape[1], classes = shape[2];
  std::vector<double> x(stacked.size());
  for (size_t m = 0; m < models; ++m)
    for (size_t row = 0; row < rows; ++row)
      for (size_t k = 0; k < classes; ++k)
        x[(row * models + m) * classes + k] = stacked[(m * rows + row) * classes + k];
  return x;
}

std::vector<int> largest(const std::vector<double>& probability, int classes) {
  std::vector<int> answer;
  for (auto row = probability.begin(); row != probability.end(); row += classes)
    answer.push_back(static_cast<int>(std::max_element(row, row + classes) - row));
  return answer;
}

double furthest(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double distance = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) distance = std::max(distance, std::abs(a[i] - b[i]));
  return distance;
}

class LogisticGolden : public testing::TestWithParam<std::string> {};

TEST_P(LogisticGolden, AgreesWithScikitLearn) {
  const formats::Hdf5File golden = formats::Hdf5File::open(FOLDWAVE_GOLDEN "/stacking.h5");
  const std::string group = GetParam();
  const std::vector<double> x = side_by_side(golden.read<double>("oof"), golden.shape("oof"));
  const std::vector<double> test = side_by_side(golden.read<double>("test"), golden.shape("test"));
  const std::vector<int32_t> label = golden.read<int32_t>("labels");
  const int classes = 7, features = 21;

  const LogisticModel model = fit_logistic(x, label, features, classes, golden.number_attribute(group, "C"));

  const double coefficients = furthest(model.weight, golden.read<double>(group + "/coef"));
  const double intercepts = furthest(model.intercept, golden.read<double>(group + "/intercept"));
  const double probabilities =
      furthest(predict_probability(model, test), golden.read<double>(group + "/test_probability"));
  std::printf("%s: coefficients %.2e, intercepts %.2e, probabilities %.2e\n", group.c_str(), coefficients, intercepts,
              probabilities);
  // The promise is 1e-3 and 1e-5. Seen are 6e-6 and 3e-7, what is left where both line searches reach the rounding of
  // the loss.
  EXPECT_LT(coefficients, 1e-4);
  EXPECT_LT(intercepts, 1e-4);
  EXPECT_LT(probabilities, 1e-6);
  EXPECT_EQ(catalog::macro_f1(label, largest(predict_probability(model, x), classes), classes),
            golden.number_attribute(group, "train_macro_f1"));
}
INSTANTIATE_TEST_SUITE_P(EveryC, LogisticGolden, testing::Values("C_0.1", "C_1.0", "C_10.0"), [](const auto& each) {
  return each.param == "C_0.1" ? "Tenth" : each.param == "C_1.0" ? "One" : "Ten";
});

// x[i] = (sin 1.7 i, cos 0.9 i + 0.01 i), label = sin 1.7 i + 0.5 cos 2.3 i > 0, for i = 0 .. 39.
struct TwoClasses : testing::Test {
  std::vector<double> x;
  std::vector<int> label;
  TwoClasses() {
    for (int i = 0; i < 40; ++i) {
      x.insert(x.end(), {std::sin(1.7 * i), std::cos(0.9 * i) + 0.01 * i});
      label.push_back(std::sin(1.7 * i) + 0.5 * std::cos(2.3 * i) > 0);
    }
  }
};

// LogisticRegression(C=C, tol=1e-12, max_iter=20000).fit(x, label) of scikit-learn 1.9.1: coef_, intercept_,
// predict_proba(x[:2]).
TEST_F(TwoClasses, GiveTheBinomialModelOfScikitLearn) {
  struct Expected {
    double c, w0, w1, b, p0, p1;
  };
  for (const Expected& e :
       {Expected{0.1, 0.739732497393, -0.027470462582, 0.098872029061, 0.51784281177, 0.693192686},
        Expected{1, 2.296382565665, -0.096812459342, 0.139969781928, 0.510787656315, 0.913415009245},
        Expected{10, 3.621131268138, -0.17148206296, 0.216702838238, 0.511303267697, 0.975857469649}}) {
    const LogisticModel model = fit_logistic(x, label, 2, 2, e.c);
    ASSERT_EQ(model.intercept.size(), 1u);
    EXPECT_LT(furthest(model.weight, {e.w0, e.w1}), 1e-6) << "C " << e.c;
    EXPECT_NEAR(model.intercept[0], e.b, 1e-6);
    EXPECT_LT(furthest(predict_probability(model, {x.begin(), x.begin() + 4}), {1 - e.p0, e.p0, 1 - e.p1, e.p1}), 1e-7);
  }
}

TEST_F(TwoClasses, AmongMoreGiveTheSameProbabilitiesAndNothingForClassesWithoutRows) {
  std::vector<int> of_four;
  for (const int k : label) of_four.push_back(k == 0 ? 1 : 3);
  const std::vector<double> two = predict_probability(fit_logistic(x, label, 2, 2, 1), x);
  const std::vector<double> four = predict_probability(fit_logistic(x, of_four, 2, 4, 1), x);
  for (size_t row = 0; row < label.size(); ++row) {
    EXPECT_NEAR(four[4 * row + 1], two[2 * row], 1e-12);
    EXPECT_NEAR(four[4 * row + 3], two[2 * row + 1], 1e-12);
    EXPECT_EQ(four[4 * row] + four[4 * row + 2], 0);
  }
}

TEST_F(TwoClasses, GiveTheSameBytesEveryTime) {
  EXPECT_EQ(fit_logistic(x, label, 2, 2, 3).weight, fit_logistic(x, label, 2, 2, 3).weight);
}

TEST(Logistic, IsCertainWhereThereIsOneClassOnly) {
  EXPECT_EQ(predict_probability(fit_logistic({1, 2}, {1, 1}, 1, 2, 1), {5}), (std::vector<double>{0, 1}));
  EXPECT_EQ(predict_probability(fit_logistic({1, 2}, {1, 1}, 1, 3, 1), {5}), (std::vector<double>{0, 1, 0}));
}

}  // namespace
}  // namespace foldwave::models
