#include "foldwave/catalog/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "foldwave/core/random.h"
#include "tables.h"

namespace foldwave::catalog {
namespace {

FoldConfig fold_count(int count, uint32_t seed = 1) {
  FoldConfig config;
  config.count = count;
  config.seed = seed;
  return config;
}

// Songs of each class in each fold.
std::vector<std::vector<int>> contents(const Catalog& catalog, const Folds& folds) {
  std::vector<std::vector<int>> count(folds.count, std::vector<int>(catalog.classes(), 0));
  for (size_t row = 0; row < folds.fold.size(); ++row) ++count[folds.fold[row]][catalog.label[row]];
  return count;
}

// 30 classes' worth of luck: uneven classes, groups of 1 to 9 songs, most of one class.
Catalog random_catalog(uint32_t seed, int classes, int groups) {
  Random random({.seed = seed});
  std::vector<int> label, group;
  for (int g = 0; g < groups; ++g) {
    const int main_class = g < 2 * classes ? g % classes : static_cast<int>(random.below(1 + random.below(classes)));
    const int songs = 1 + static_cast<int>(random.below(9));
    for (int i = 0; i < songs; ++i) {
      label.push_back(i > 0 && random.below(10) == 0 ? static_cast<int>(random.below(classes)) : main_class);
      group.push_back(g);
    }
  }
  return catalog_of(label, classes, group, groups);
}

Catalog without_groups(Catalog catalog) {
  catalog.group.clear();
  catalog.group_names.clear();
  return catalog;
}

TEST(Folds, ValidateEveryRowOnceAndTrainOnTheOthers) {
  const Catalog catalog = random_catalog(1, 4, 60);
  const Folds folds = make_folds(catalog, fold_count(5));
  std::vector<int> validated;
  for (int k = 0; k < folds.count; ++k) {
    const std::vector<int> valid = folds.validation_rows(k), train = folds.training_rows(k);
    std::vector<int> both;
    std::merge(valid.begin(), valid.end(), train.begin(), train.end(), std::back_inserter(both));
    EXPECT_TRUE(std::adjacent_find(both.begin(), both.end(), std::greater_equal<>()) == both.end());
    EXPECT_EQ(both.size(), catalog.train.size());
    validated.insert(validated.end(), valid.begin(), valid.end());
  }
  EXPECT_EQ(validated.size(), catalog.train.size());
}

TEST(Folds, InPlaceOfOneAllRowsTrainAndNoneValidates) {
  const Folds folds = make_folds(random_catalog(3, 4, 60), fold_count(5));
  ASSERT_EQ(folds.training_rows(kAllRows).size(), folds.fold.size());
  EXPECT_EQ(folds.training_rows(kAllRows).back(), static_cast<int>(folds.fold.size()) - 1);
  EXPECT_TRUE(folds.validation_rows(kAllRows).empty());
  EXPECT_EQ(fold_name(kAllRows), "all");
  EXPECT_EQ(fold_name(3), "3");
}

TEST(Folds, SpreadEachClassEvenly) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    const Catalog catalog = without_groups(random_catalog(seed, 5, 40));
    for (const int k : {2, 5, 7}) {
      const Folds folds = make_folds(catalog, fold_count(k, seed));
      const auto count = contents(catalog, folds);
      for (int c = 0; c < catalog.classes(); ++c) {
        const auto [least, most] =
            std::minmax_element(count.begin(), count.end(), [c](const auto& a, const auto& b) { return a[c] < b[c]; });
        EXPECT_LE((*most)[c] - (*least)[c], 1);
      }
    }
  }
}

// from sklearn 1.9: StratifiedKFold(5, shuffle=True) on the same labels, whatever its random_state.
TEST(Folds, HoldAsManyOfEachClassAsThoseOfScikitLearn) {
  std::vector<int> label;
  for (int i = 0; i < 103; ++i) label.push_back((i * i + i / 3) % 11 % 4);
  const Catalog catalog = catalog_of(label, 4);
  const std::vector<std::vector<int>> expected = {{9, 4, 4, 4}, {9, 4, 4, 4}, {9, 4, 4, 4}, {9, 3, 5, 3}, {8, 4, 5, 3}};
  EXPECT_EQ(contents(catalog, make_folds(catalog, fold_count(5, 1))), expected);
  EXPECT_EQ(contents(catalog, make_folds(catalog, fold_count(5, 2))), expected);
}

// from sklearn 1.9: StratifiedGroupKFold(4, shuffle=True) on groups of distinct unevenness, where the shuffle decides
// nothing.
TEST(Folds, OfGroupsAreThoseOfScikitLearn) {
  const std::vector<int> expected = {0, 3, 1, 2, 3, 1, 2, 1, 3, 0, 0, 2, 3, 2, 0, 1};
  std::vector<int> label, group;
  for (int g = 0; g < 16; ++g) {
    for (int j = 0; j <= g; ++j) {
      label.push_back((g + (j % 4 == 3 ? 1 : 0)) % 3);
      group.push_back(g);
    }
  }
  const Folds folds = make_folds(catalog_of(label, 3, group, 16), fold_count(4));
  for (size_t row = 0; row < group.size(); ++row)
    EXPECT_EQ(folds.fold[row], expected[group[row]]) << "group " << group[row];
}

TEST(Folds, KeepAGroupTogetherAndClassesBalanced) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    const Catalog catalog = random_catalog(seed, 4, 120);
    const Folds folds = make_folds(catalog, fold_count(5, seed));
    std::vector<std::set<int>> folds_of(catalog.group_names.size());
    for (size_t row = 0; row < folds.fold.size(); ++row) folds_of[catalog.group[row]].insert(folds.fold[row]);
    for (const auto& its : folds_of) EXPECT_EQ(its.size(), 1U);

    const auto count = contents(catalog, folds);
    for (int c = 0; c < catalog.classes(); ++c) {
      const auto size = std::count(catalog.label.begin(), catalog.label.end(), c);
      for (int k = 0; k < 5; ++k)
        EXPECT_NEAR(count[k][c], static_cast<double>(size) / 5, 9) << "off by more than a group, class " << c;
    }
  }
}

TEST(Folds, AreTheSameForTheSameSeedAndOthersForAnother) {
  const Catalog grouped = random_catalog(3, 4, 60), single = without_groups(grouped);
  for (const Catalog& catalog : {grouped, single}) {
    EXPECT_EQ(make_folds(catalog, fold_count(5, 1)).fold, make_folds(catalog, fold_count(5, 1)).fold);
    EXPECT_NE(make_folds(catalog, fold_count(5, 1)).fold, make_folds(catalog, fold_count(5, 2)).fold);
  }
}

TEST(Folds, WarnOfAClassWithFewerMembersThanFolds) {
  Catalog catalog = catalog_of({0, 0, 0, 0, 0, 1, 1, 1, 0}, 2);
  catalog.class_names = {"rock", "folk"};
  const Folds folds = make_folds(catalog, fold_count(5));
  EXPECT_EQ(folds.warnings,
            std::vector<std::string>{
                "genre_id '1' (folk) has 3 songs, fewer than the 5 folds; some folds are validated without it"});
}

TEST(Folds, CountGroupsAndNotSongsWhereThereAreGroups) {
  const Catalog catalog = catalog_of({0, 0, 0, 0, 1, 1, 1, 1}, 2, {0, 1, 2, 3, 4, 4, 5, 5}, 6);
  EXPECT_EQ(make_folds(catalog, fold_count(3)).warnings,
            std::vector<std::string>{
                "genre_id '1' has 2 groups, fewer than the 3 folds; some folds are validated without it"});
}

class FoldErrors : public Tables {
 protected:
  const Catalog songs = catalog_of({0, 1, 0, 1}, 2);
  const Catalog grouped = catalog_of({0, 1, 0, 1}, 2, {0, 1, 2, 0}, 3);

  Folds from_file(const Catalog& catalog, const std::string& text, std::vector<int> only = {}) const {
    FoldConfig config;
    config.file = write("folds.csv", text);
    config.only = std::move(only);
    return make_folds(catalog, config);
  }
};

TEST_F(FoldErrors, SayThatAClassIsTooSmall) {
  EXPECT_EQ(
      error_of([&] {
        make_folds(catalog_of({0, 0, 1}, 2), fold_count(2));
      }),
      "genre_id '1' has only one song; each class needs at least two, to be trained on one and validated on another");
  EXPECT_EQ(
      error_of([&] {
        make_folds(catalog_of({0, 0, 1, 1}, 2, {0, 1, 2, 2}, 3), fold_count(2));
      }),
      "genre_id '1' has only one group; each class needs at least two, to be trained on one and validated on another");
}

TEST_F(FoldErrors, SayThatThereAreMoreFoldsThanSongsOrGroups) {
  EXPECT_EQ(error_of([&] { make_folds(songs, fold_count(5)); }),
            "folds.count is 5, but there are only 4 songs to deal out");
  EXPECT_EQ(error_of([&] { make_folds(grouped, fold_count(4)); }),
            "folds.count is 4, but there are only 3 groups to deal out");
}

TEST_F(FoldErrors, SayThatAFoldToTrainIsNotThere) {
  FoldConfig config = fold_count(2);
  config.only = {0, 2};
  EXPECT_EQ(error_of([&] { make_folds(songs, config); }), "folds.only names fold 2, but the folds are 0 to 1");
}

TEST_F(FoldErrors, AreNoneForAGoodFile) {
  const Folds folds = from_file(songs, "fold,song_id\n1,s2\n0,s0\n0,s1\n1,s3\n", {1});
  EXPECT_EQ(folds.count, 2);
  EXPECT_EQ(folds.fold, (std::vector<int>{0, 0, 1, 1}));
  EXPECT_TRUE(folds.warnings.empty());
  EXPECT_EQ(from_file(songs, folds_csv(songs, folds)).fold, folds.fold);
}

TEST_F(FoldErrors, WarnThatAFoldWouldTrainWithoutAClass) {
  EXPECT_EQ(
      from_file(songs, "song_id,fold\ns0,0\ns1,0\ns2,1\ns3,0\n").warnings,
      std::vector<std::string>{"genre_id '1' is in fold 0 only; the training songs of that fold have none of it"});
}

TEST_F(FoldErrors, SayWhatIsWrongWithAFoldsFile) {
  struct Case {
    const Catalog& catalog;
    std::string rows, sentence;
  };
  const Case cases[] = {
      {songs, "s0,0\ns1,0\ns2,1\n", "folds.csv: no row for the training song 's3'; every training song must have one"},
      {songs, "s0,0\ns1,0\ns2,1\ns3,1\nx,0\n", "folds.csv line 6: song_id 'x' is not in the training table"},
      {songs, "s0,0\ns1,0\ns0,1\n", "folds.csv line 4: song_id 's0' is already on line 2; it may occur only once"},
      {songs, "s0,0\ns1,a\ns2,1\ns3,1\n", "folds.csv line 3: fold 'a' is not an integer"},
      {songs, "s0,0\ns1,-1\ns2,1\ns3,1\n", "folds.csv line 3: fold '-1' is not from 0 to 99"},
      {songs, "s0,0\ns1,0\ns2,2\ns3,2\n", "folds.csv: fold 1 has no song; folds 0 to 2 must each have some"},
      {songs, "s0,0\ns1,0\ns2,0\ns3,0\n", "folds.csv: all songs are in fold 0; at least two folds were expected"},
      {grouped, "s3,1\ns0,0\ns1,0\ns2,1\n",
       "folds.csv line 2: song_id 's3' is in fold 1, but 's0' of the same group 'g0' is in fold 0 on line 3"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of([&] { from_file(c.catalog, "song_id,fold\n" + c.rows); }), c.sentence);
}

TEST(FoldConfig, SortsTheFoldsToTrain) {
  OptionRegistry registry;
  declare_fold_options(registry);
  Settings settings(registry);
  settings.set("folds.seed", "1", "test");  // otherwise run.seed, which is declared above this room
  EXPECT_TRUE(fold_config(settings).only.empty());
  settings.set("folds.only", "3, 1,3", "test");
  EXPECT_EQ(fold_config(settings).only, (std::vector<int>{1, 3}));
}

}  // namespace
}  // namespace foldwave::catalog
