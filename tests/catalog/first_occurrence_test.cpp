#include "catalog/first_occurrence.h"

#include <gtest/gtest.h>

#include <string>

#include "foldwave/core/files.h"

namespace foldwave::catalog {
namespace {

std::vector<size_t> first_of(const std::vector<std::string>& texts) {
  return first_occurrence(texts.size(), [&](size_t i) { return std::string_view(texts[i]); });
}

TEST(FirstOccurrence, IsOnesOwnNumberWhereATextIsNew) {
  EXPECT_EQ(first_of({"b", "a", "b", "", "a", "b", ""}), (std::vector<size_t>{0, 1, 0, 3, 1, 0, 3}));
  EXPECT_EQ(first_of({}), std::vector<size_t>{});
}

// A known collision of 64-bit FNV-1a.
TEST(FirstOccurrence, TellsTextsOfOneHashApart) {
  const std::string one = "8yn0iYCKYHlIj4-BwPqk", other = "GReLUrM4wMqfg9yzV3KQ";
  ASSERT_EQ(hash64(one), hash64(other));
  EXPECT_EQ(first_of({one, other, one, "x", other}), (std::vector<size_t>{0, 1, 0, 3, 1}));
}

}  // namespace
}  // namespace foldwave::catalog
