#include "report/file_name.h"

#include <gtest/gtest.h>

#include <set>

namespace foldwave::report {
namespace {

TEST(FileName, IsTheIdWhereThatIsPlain) {
  EXPECT_EQ(file_name_of("001295"), "001295");
  EXPECT_EQ(file_name_of("Song_1-b.v2"), "Song_1-b.v2");
}

TEST(FileName, CannotLeaveTheFolderHideOrLookLikeAnOption) {
  EXPECT_EQ(file_name_of("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
  EXPECT_EQ(file_name_of(".."), "%2E.");
  EXPECT_EQ(file_name_of(".hidden"), "%2Ehidden");
  EXPECT_EQ(file_name_of("-rf"), "%2Drf");
  EXPECT_EQ(file_name_of("new\nline"), "new%0Aline");
  EXPECT_EQ(file_name_of("日"), "%E6%97%A5");
}

TEST(FileName, IsAnotherForAnotherId) {
  const std::string x(300, 'x');
  const std::vector<std::string> ids{"",      "a/b",   "a%2Fb",  "%",  "%25",
                                     "A",     "%41",   ".",      "..", " ",
                                     x + "1", x + "2", x + "1/", "~",  file_name_of(x + "1")};
  std::set<std::string> names;
  for (const std::string& id : ids) EXPECT_TRUE(names.insert(file_name_of(id)).second) << id;
}

TEST(FileName, FitsWhereverTheIdIsLong) {
  EXPECT_EQ(file_name_of(std::string(120, 'x')), std::string(120, 'x'));
  for (const std::string& id : {std::string(121, 'x'), std::string(41, '/'), std::string(5000, '\n')}) {
    EXPECT_EQ(file_name_of(id).size(), 120u);
    EXPECT_EQ(file_name_of(id)[103], '~');
  }
}

}  // namespace
}  // namespace foldwave::report
