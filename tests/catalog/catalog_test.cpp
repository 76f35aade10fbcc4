#include "foldwave/catalog/catalog.h"

#include <gtest/gtest.h>

#include "tables.h"

namespace foldwave::catalog {
namespace {

using Strings = std::vector<std::string>;

class ReadCatalog : public Tables {
 protected:
  Catalog read(const std::string& train, const std::string& test = "", const std::string& group = "") const {
    CatalogConfig config;
    config.train = write("train.csv", train);
    if (!test.empty()) config.test = write("test.csv", test);
    config.group_column = group;
    return read_catalog(config);
  }
};

TEST_F(ReadCatalog, KeepsIdsAsWrittenAndRowsInTableOrder) {
  const Catalog catalog =
      read("song_id,filepath,genre_id\n007,b.ogg,1\n7,a.ogg,0\n", "song_id,filepath\n9,z.ogg\n8,y.ogg\n");
  ASSERT_EQ(catalog.tracks.size(), 4U);
  EXPECT_EQ(catalog.tracks[0].id, "007");
  EXPECT_EQ(catalog.tracks[1].id, "7");
  EXPECT_EQ(catalog.tracks[2].path, "z.ogg");
  EXPECT_EQ(catalog.train, (std::vector<int>{0, 1}));
  EXPECT_EQ(catalog.test, (std::vector<int>{2, 3}));
}

TEST_F(ReadCatalog, NumbersClassesInNumericalOrderOfTheirIds) {
  const Catalog catalog = read("song_id,filepath,genre_id\na,a.ogg,10\nb,b.ogg,9\nc,c.ogg,-1\nd,d.ogg,9\n");
  EXPECT_EQ(catalog.class_ids, (Strings{"-1", "9", "10"}));
  EXPECT_EQ(catalog.class_names, catalog.class_ids);
  EXPECT_EQ(catalog.label, (std::vector<int>{2, 1, 0, 1}));
}

TEST_F(ReadCatalog, NamesClassesFromTheGenreColumn) {
  const Catalog catalog = read("song_id,filepath,genre_id,genre\na,a.ogg,1,rock\nb,b.ogg,0,\nc,c.ogg,1,rock\n");
  EXPECT_EQ(catalog.class_names, (Strings{"0", "rock"}));
}

TEST_F(ReadCatalog, NumbersGroupsInTheOrderTheyAppear) {
  const Catalog catalog =
      read("song_id,filepath,genre_id,track\na,a.ogg,1,x\nb,b.ogg,0,\"y, z\"\nc,c.ogg,1,x\n", "", "track");
  EXPECT_EQ(catalog.group, (std::vector<int>{0, 1, 0}));
  EXPECT_EQ(catalog.group_names, (Strings{"x", "y, z"}));
}

TEST_F(ReadCatalog, TakesASongInBothTablesAsOneTrackIfItNamesTheSameFile) {
  const Catalog catalog =
      read("song_id,filepath,genre_id\na,a.ogg,1\nb,b.ogg,0\n", "song_id,filepath\nc,c.ogg\na,a.ogg\n");
  EXPECT_EQ(catalog.tracks.size(), 3U);
  EXPECT_EQ(catalog.test, (std::vector<int>{2, 0}));
}

TEST_F(ReadCatalog, DoesNotAskWhetherTheAudioIsThere) {
  Catalog catalog = read("song_id,filepath,genre_id\na,no/such/file.ogg,1\nb,b.ogg,0\n");
  catalog.root = "/music";
  EXPECT_EQ(catalog.file_of(0), "/music/no/such/file.ogg");
}

TEST_F(ReadCatalog, SaysWhatIsWrongWithATable) {
  struct Case {
    std::string train, test, group, sentence;
  };
  const std::string good = "song_id,filepath,genre_id\na,a.ogg,0\nb,b.ogg,1\n";
  const Case cases[] = {
      {"song_id,path,genre_id\na,a.ogg,0\n", "", "",
       "train.csv: no column 'filepath'; there are 'song_id', 'path', 'genre_id'"},
      {good, "", "artist", "train.csv: no column 'artist'; there are 'song_id', 'filepath', 'genre_id'"},
      {"song_id,filepath,genre_id\na,a.ogg,0\nb,b.ogg,x7\n", "", "",
       "train.csv line 3: genre_id 'x7' is not an integer"},
      {"song_id,filepath,genre_id\na,a.ogg,0\nb,b.ogg,1.0\n", "", "",
       "train.csv line 3: genre_id '1.0' is not an integer"},
      {"song_id,filepath,genre_id\na,a.ogg,99999999999999999999\n", "", "",
       "train.csv line 2: genre_id '99999999999999999999' is not an integer"},
      {"song_id,filepath,genre_id\na,a.ogg,\n", "", "", "train.csv line 2: genre_id is empty"},
      {"song_id,filepath,genre_id\n,a.ogg,0\n", "", "", "train.csv line 2: song_id is empty"},
      {"song_id,filepath,genre_id\na,,0\n", "", "", "train.csv line 2: filepath is empty"},
      {"song_id,filepath,genre_id,track\na,a.ogg,0,t\nb,b.ogg,1,\n", "", "track", "train.csv line 3: track is empty"},
      {"song_id,filepath,genre_id\na,a.ogg,0\nb,b.ogg,1\na,c.ogg,1\n", "", "",
       "train.csv line 4: song_id 'a' is already on line 2; it may occur only once"},
      {"song_id,filepath,genre_id\n", "", "", "train.csv has a header but no rows; at least one song was expected"},
      {"song_id,filepath,genre_id\na,a.ogg,3\nb,b.ogg,3\n", "", "",
       "train.csv: genre_id is '3' in every row; at least two classes were expected"},
      {"song_id,filepath,genre_id,genre\na,a.ogg,0,rock\nb,b.ogg,1,folk\nc,c.ogg,0,jazz\n", "", "",
       "train.csv line 4: genre 'jazz' is another name for genre_id '0', which is 'rock' on line 2"},
      {good, "song_id,filepath\n", "", "test.csv has a header but no rows; at least one song was expected"},
      {good, "song_id,filepath\nc,c.ogg\nc,c.ogg\n", "",
       "test.csv line 3: song_id 'c' is already on line 2; it may occur only once"},
      {good, "song_id,filepath\nb,other.ogg\n", "",
       "test.csv line 2: filepath 'other.ogg' is another file than 'b.ogg', which train.csv names for the same song_id "
       "'b'"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of([&] { read(c.train, c.test, c.group); }), c.sentence);
}

TEST_F(ReadCatalog, HashStaysWhenTheDataAreMovedAndChangesWithTheirContent) {
  const std::string train = "song_id,filepath,genre_id,track\na,a.ogg,0,x\nb,b.ogg,1,y\n",
                    test = "song_id,filepath\nc,c.ogg\n";
  Catalog moved = read(train, test);
  const std::string hash = moved.hash();
  moved.root = "/elsewhere";
  EXPECT_EQ(moved.hash(), hash);
  EXPECT_NE(read(train).hash(), hash);
  EXPECT_NE(read(train, test, "track").hash(), hash);
  EXPECT_NE(read(train, "song_id,filepath\nc,d.ogg\n").hash(), hash);
  EXPECT_NE(read(train, "song_id,filepath\na,a.ogg\n").hash(), hash);
  EXPECT_NE(read("song_id,filepath,genre_id\na,a.ogg,1\nb,b.ogg,0\n", test).hash(), hash);
  EXPECT_NE(read("song_id,filepath,genre_id\nb,b.ogg,1\na,a.ogg,0\n", test).hash(), hash);
}

// Every run directory and store there is holds such a hash.
TEST_F(ReadCatalog, HashIsTheSameInEveryVersion) {
  const std::string train = "song_id,filepath,genre_id,track\na,a.ogg,0,x\nb,b.ogg,1,y\n";
  EXPECT_EQ(read(train, "song_id,filepath\nc,c.ogg\n").hash(), "4eee453643ab4fe5");
  EXPECT_EQ(read(train, "", "track").hash(), "be66842146071ee1");
}

TEST_F(ReadCatalog, ReadsAHundredThousandSongsInSeconds) {
  std::string train = "song_id,filepath,genre_id,artist\n";
  for (int i = 0; i < 100000; ++i) {
    const std::string id = std::to_string(i);
    train += id + ",audio/" + id + ".ogg," + std::to_string(i % 19) + ",artist " + std::to_string(i / 7) + "\n";
  }
  const Catalog catalog = read(train, "", "artist");
  EXPECT_EQ(catalog.tracks.size(), 100000U);
  EXPECT_EQ(catalog.group_names.size(), 14286U);
}

class CatalogConfigTest : public ::testing::Test {
 protected:
  CatalogConfigTest() { declare_options(registry); }
  OptionRegistry registry;
};

TEST_F(CatalogConfigTest, TakesTheFolderOfTheTrainingTableAsRoot) {
  Settings settings(registry);
  settings.set("data.train", "/data/songs/train.csv", "test");
  EXPECT_EQ(catalog_config(settings).root, "/data/songs");
  settings.set("data.root", "/music", "test");
  EXPECT_EQ(catalog_config(settings).root, "/music");
}

TEST_F(CatalogConfigTest, NeedsATrainingTable) {
  try {
    catalog_config(Settings(registry));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "data.train is not set; it names the CSV table of the training songs");
  }
}

TEST_F(CatalogConfigTest, WhereTheDataLieIsNoPartOfTheirIdentity) {
  EXPECT_EQ(Settings(registry).identity({"data"}),
            "data.group = \ndata.id = song_id\ndata.label = genre_id\ndata.path = filepath\n");
}

}  // namespace
}  // namespace foldwave::catalog
