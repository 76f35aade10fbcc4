#include "foldwave/formats/csv.h"

#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "temporary_folder.h"

namespace foldwave::formats {
namespace {

CsvTable table_of(const std::string& text) {
  const TemporaryFolder folder;
  put(folder / "t.csv", text);
  return read_csv(folder / "t.csv");
}

std::vector<std::string> fields(const CsvTable& table, size_t row) {
  std::vector<std::string> all;
  for (size_t column = 0; column < table.header.size(); ++column) all.emplace_back(table.field(row, column));
  return all;
}

// The message without the folder's name.
std::string error_of(const std::string& text) {
  const std::string message = message_of<InputError>([&] { table_of(text); });
  const size_t found = message.find("t.csv");
  return found == std::string::npos ? message : message.substr(found);
}

TEST(Csv, KeepsFieldsAsTheyAreWritten) {
  const auto table = table_of("song_id,filepath\n007, a b .ogg\n\"x,1\",\"say \"\"hi\"\"\"\n");
  EXPECT_EQ(table.header, (std::vector<std::string>{"song_id", "filepath"}));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(fields(table, 0), (std::vector<std::string>{"007", " a b .ogg"}));
  EXPECT_EQ(fields(table, 1), (std::vector<std::string>{"x,1", "say \"hi\""}));
}

TEST(Csv, TakesByteOrderMarkCrlfAndAMissingLastLineEnd) {
  const auto table = table_of("\xef\xbb\xbfid,name\r\n1,\xc3\xa9\r\n2,");
  EXPECT_EQ(table.header[0], "id");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.field(0, 1), "\xc3\xa9");
  EXPECT_EQ(table.field(1, 1), "");
}

TEST(Csv, KnowsTheLineOfARowAfterQuotedNewlinesAndBlankLines) {
  const auto table = table_of("id,name\n\n1,\"two\n\nlines\"\n\r\n2,b\n");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].line, 3u);
  EXPECT_EQ(table.rows[1].line, 7u);
  EXPECT_EQ(table.field(0, 1), "two\n\nlines");
}

TEST(Csv, RefusesBrokenTablesWithFileAndLine) {
  EXPECT_EQ(error_of(""), "t.csv: empty, not even a header row");
  EXPECT_EQ(error_of("a,b,a\n"), "t.csv line 1: column 'a' is there twice");
  EXPECT_EQ(error_of("a,b\n1,2\n3\n"), "t.csv line 3: 1 fields, where the header has 2");
  EXPECT_EQ(error_of("a,b\n1,2\n3,\"4\n5,6\n"),
            "t.csv line 3: a quote is opened in this row and not closed until the file ends");
  EXPECT_TRUE(error_of("a,b\n1,x\"y\n").starts_with("t.csv line 2: a quote in the middle of a field;"));
  EXPECT_TRUE(error_of("a,b\n1,\"x\ny\"z\n")
                  .starts_with("t.csv line 3: a quote in the middle of a field (in the row that begins on line 2)"));
  EXPECT_TRUE(error_of(std::string("a,b\n1,\0\n", 8)).starts_with("t.csv line 2: a NUL byte"));
  EXPECT_EQ(error_of("a,b\n1,\xe9\n"), "t.csv line 2: not UTF-8");
}

TEST(Csv, RefusesTheFirstBrokenRowOfSeveral) {
  EXPECT_EQ(error_of("a,b\n1\n2,3,4\n5,\"6\n"), "t.csv line 2: 1 fields, where the header has 2");
  EXPECT_EQ(error_of("a,b\n1,2\n3"), "t.csv line 3: 1 fields, where the header has 2");
}

TEST(Csv, KeepsTheColumnsThatAreAskedForAlone) {
  const TemporaryFolder folder;
  put(folder / "t.csv", "id,lyrics,path\n1,la la la,a.ogg\n2,\"tra\nla\",b.ogg\n");
  const auto table = read_csv(folder / "t.csv", {"path", "id", "genre"});
  EXPECT_EQ(table.header, (std::vector<std::string>{"id", "lyrics", "path"}));
  EXPECT_EQ(fields(table, 0), (std::vector<std::string>{"1", "", "a.ogg"}));
  EXPECT_EQ(fields(table, 1), (std::vector<std::string>{"2", "", "b.ogg"}));
}

TEST(Csv, HoldsNoMoreTextThanTheFile) {
  std::string text = "id,path,label\n";
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",\"some, where/" + std::to_string(i) + ".ogg\",\n";
  const auto table = table_of(text);
  EXPECT_EQ(table.field(999, 1), "some, where/999.ogg");
  EXPECT_EQ(table.field(999, 2), "");
  EXPECT_LE(table.text.capacity(), text.size() + 1);
}

TEST(Csv, NamesAFileThatIsNotThere) {
  EXPECT_EQ(message_of<InputError>([] { read_csv("/no/such/train.csv"); }), "/no/such/train.csv: no such file");
}

TEST(Csv, ListsTheColumnsWhereOneIsMissing) {
  const auto table = table_of("song_id, genre_id\n");
  EXPECT_EQ(table.require_column("song_id"), 0u);
  const auto message = message_of<InputError>([&] { table.require_column("genre_id"); });
  EXPECT_NE(message.find("no column 'genre_id'; there are 'song_id', ' genre_id'"), std::string::npos) << message;
}

TEST(Csv, WritesWhatItReadsBack) {
  const std::vector<std::string> row = {"plain", "", "a,b", "say \"hi\"", "two\nlines", " padded "};
  const auto table = table_of("a,b,c,d,e,f\n" + csv_row(row));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(fields(table, 0), row);
  EXPECT_EQ(table_of("a\n" + csv_row({""})).rows.size(), 1u);
}

}  // namespace
}  // namespace foldwave::formats
