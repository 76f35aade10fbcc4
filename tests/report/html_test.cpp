#include "report/html.h"

#include <gtest/gtest.h>

#include <cmath>

namespace foldwave::report {
namespace {

TEST(Html, EscapesWhatCouldBeMarkup) {
  EXPECT_EQ(escaped("<script>alert(\"a\" & 'b')</script>").source,
            "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;");
}

TEST(Html, KeepsUtf8AndReplacesBytesThatAreNot) {
  EXPECT_EQ(escaped("Café 日本 🎵").source, "Café 日本 🎵");
  EXPECT_EQ(escaped("a\xFFz\xE6\x97").source, "a\uFFFDz\uFFFD\uFFFD");
  EXPECT_EQ(escaped("\xE0\x80\xBC").source, "\uFFFD\uFFFD\uFFFD");  // "<" in a form that is too long
  EXPECT_EQ(escaped(std::string("a\0\x1B[31m", 7)).source, "a\uFFFD\uFFFD[31m");
}

TEST(Html, ReplacesWhatWouldTurnTheTextAroundIt) {
  EXPECT_EQ(escaped("a\u202Eb\u2066c\u200Fd\u0085e\x7F").source, "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFD");
  EXPECT_EQ(escaped("\u2013\u2026\u2019").source, "\u2013\u2026\u2019");
}

TEST(Html, LetsNamesBreakAfterPlusAndSlash) { EXPECT_EQ(breakable("a+<b>/c").source, "a+<wbr>&lt;b&gt;/<wbr>c"); }

TEST(Html, SetsNumbersFlushRight) {
  const std::string html = table({{"name"}, {"F1", true}}, {{escaped("a&b"), escaped("0.5")}}).source;
  EXPECT_NE(html.find("<th scope=\"col\">name</th><th scope=\"col\" class=\"n\">F1</th>"), std::string::npos);
  EXPECT_NE(html.find("<td>a&amp;b</td><td class=\"n\">0.5</td>"), std::string::npos);
}

TEST(Html, ATableThatSortsKeepsTheNumberBehindItsText) {
  const std::string html =
      table({{"took", true}}, {{keyed(125.5, "2 min 05 s")}, {keyed(std::nan(""), "<none>")}}, Rows::sortable).source;
  EXPECT_NE(html.find("<table class=\"sortable\">"), std::string::npos) << html;
  EXPECT_NE(html.find("<data value=\"125.5\">2 min 05 s</data>"), std::string::npos) << html;
  EXPECT_NE(html.find("<data value=\"\">&lt;none&gt;</data>"), std::string::npos) << html;
}

}  // namespace
}  // namespace foldwave::report
