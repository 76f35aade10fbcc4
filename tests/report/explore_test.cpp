#include "foldwave/report/explore.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "foldwave/core/errors.h"
#include "made_up_run.h"
#include "png_picture.h"
#include "report/colour_map.h"

namespace foldwave::report {
namespace {

using test::PngPicture;
using test::read_png;

features::FeatureConfig eight_bins() {
  features::FeatureConfig config;
  config.n_mels = 8;
  return config;
}

// Silence, but for 0 dB in bin 1 from the 30th of 40 frames on.
Spectrogram one_tone() {
  Spectrogram spectrogram{.song_id = "a/`touch executed`", .genre = "<b> \"Rock\" {x}", .frames = 40, .db = {}};
  spectrogram.db.assign(40 * 8, -80);
  for (size_t frame = 30; frame < 40; ++frame) spectrogram.db[frame * 8 + 1] = 0;
  return spectrogram;
}

class Explore : public testing::Test {
 protected:
  test::TestDirectory directory{"explore"};
  std::filesystem::path before = std::filesystem::current_path();
  Explore() { std::filesystem::current_path(directory.path()); }
  ~Explore() override { std::filesystem::current_path(before); }
  size_t files() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory.path()), {}));
  }
};

class ExploreWithGnuplot : public Explore {
 protected:
  void SetUp() override {
    if (std::system("gnuplot --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "gnuplot is not installed";
  }
};

TEST_F(Explore, ImageHasAPixelForEachBinOfEachFrameLowOnesAtTheBottom) {
  Spectrogram spectrogram = one_tone();
  spectrogram.db[5 * 8 + 7] = -40;
  const auto path = write_spectrogram_image(spectrogram, eight_bins(), directory.path());
  EXPECT_EQ(path, directory.path() / "a%2F%60touch%20executed%60.png");
  const PngPicture picture = read_png(path);
  ASSERT_EQ(picture.width, 40);
  ASSERT_EQ(picture.height, 8);
  for (int frame = 0; frame < 40; ++frame)
    for (int mel = 0; mel < 8; ++mel)
      EXPECT_EQ(picture.at(frame, 7 - mel), magma[shade_of(spectrogram.db[static_cast<size_t>(frame * 8 + mel)], -80)])
          << frame << " " << mel;
}

TEST_F(Explore, ImageThatCannotBeWrittenIsNamed) {
  try {
    write_spectrogram_image(one_tone(), eight_bins(), directory.path() / "missing");
    FAIL() << "no error";
  } catch (const SystemError& error) {
    EXPECT_NE(std::string(error.what()).find("missing/a%2F"), std::string::npos) << error.what();
  }
}

TEST_F(Explore, ImageThatLibpngRefusesIsNamed) {
  Spectrogram spectrogram{.song_id = "empty", .genre = "", .frames = 0, .db = {}};
  try {
    write_spectrogram_image(spectrogram, eight_bins(), directory.path());
    FAIL() << "no error";
  } catch (const SystemError& error) {
    EXPECT_NE(std::string(error.what()).find("empty.png': "), std::string::npos) << error.what();
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(ExploreWithGnuplot, SpectrogramHasTimeToTheRightAndFrequencyUpwards) {
  const PngPicture picture = read_png(draw_spectrogram(one_tone(), eight_bins(), directory.path()));
  ASSERT_EQ(picture.width, 2000);
  ASSERT_EQ(picture.height, 960);
  // The picture's stretch, in pixels: 156 to 1760 across, 132 to 848 down; frame and bin are cells of it.
  const auto at = [&](double frame, double mel) {
    return picture.at(static_cast<int>(156 + 1604 * (frame + 0.5) / 40), static_cast<int>(848 - 716 * (mel + 0.5) / 8));
  };
  EXPECT_EQ(at(35, 1), magma[255]);
  EXPECT_EQ(at(30.1, 1), magma[255]);
  EXPECT_EQ(at(29, 1), magma[0]);
  EXPECT_EQ(at(35, 0), magma[0]);
  EXPECT_EQ(at(35, 2), magma[0]);
  EXPECT_EQ(at(5, 6), magma[0]);
}

TEST_F(ExploreWithGnuplot, NamesExecuteNothingAndStayInTheFolder) {
  draw_spectrogram(one_tone(), eight_bins(), directory.path());
  draw_genres(test::made_up_catalog(), {}, directory.path());
  EXPECT_EQ(files(), 2u);
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "spectrogram-a%2F%60touch%20executed%60.png"));
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "genre_distribution.png"));
}

TEST_F(ExploreWithGnuplot, ALongTrackIsAveragedToWhatThePictureHasRoomFor) {
  Spectrogram spectrogram{.song_id = "long", .genre = "", .frames = 50000, .db = {}};
  for (int frame = 0; frame < spectrogram.frames; ++frame)
    spectrogram.db.insert(spectrogram.db.end(), 8, frame % 2 ? -80.0F : 0.0F);
  const PngPicture picture = read_png(draw_spectrogram(spectrogram, eight_bins(), directory.path()));
  EXPECT_EQ(picture.at(900, 500), magma[128]);
}

TEST_F(ExploreWithGnuplot, ATrackOfOneFrameFillsThePicture) {
  Spectrogram spectrogram{.song_id = "short", .genre = "", .frames = 1, .db = std::vector<float>(8, 0.0F)};
  const PngPicture picture = read_png(draw_spectrogram(spectrogram, eight_bins(), directory.path()));
  EXPECT_EQ(picture.at(170, 500), magma[255]);
  EXPECT_EQ(picture.at(1740, 500), magma[255]);
}

TEST_F(ExploreWithGnuplot, ManyGenresAreCutToThoseThatAPictureHolds) {
  catalog::Catalog catalog;
  for (int k = 0; k < 600; ++k) {
    catalog.label.push_back(k);
    catalog.class_ids.push_back(std::to_string(k));
  }
  catalog.class_names = catalog.class_ids;
  EXPECT_LT(read_png(draw_genres(catalog, {}, directory.path())).height, 32768);
}

TEST_F(ExploreWithGnuplot, GenresAreWiderWithTheirFolds) {
  const auto catalog = test::made_up_catalog();
  const PngPicture alone = read_png(draw_genres(catalog, {}, directory.path()));
  std::vector<int> fold;
  for (int song = 0; song < 12; ++song) fold.push_back(song / 4);
  const PngPicture folded = read_png(draw_genres(catalog, fold, directory.path()));
  EXPECT_EQ(folded.height, alone.height);
  EXPECT_EQ(folded.width - alone.width, 2 * (28 + 3 * 46));
}

TEST_F(ExploreWithGnuplot, DurationsCanBeDrawnWhateverTheyAre) {
  for (const Durations& durations : {Durations{}, Durations{{10, 10}, {}}, Durations{{0.5, 30, 7200}, {45}}}) {
    const PngPicture picture = read_png(draw_durations(durations, directory.path()));
    EXPECT_EQ(picture.width, 1720);
  }
}

TEST_F(ExploreWithGnuplot, OneVeryLongTrackDoesNotSqueezeTheOthers) {
  Durations durations;
  for (int i = 0; i < 210; ++i) durations.train_s.push_back(20 + i % 21);
  durations.train_s.push_back(7200);
  const PngPicture picture = read_png(draw_durations(durations, directory.path()));
  constexpr uint32_t blue = 0x0a63a5;
  int filled = 0;
  for (int x = 0; x < picture.width; ++x) filled += picture.at(x, picture.height - 120) == blue;
  EXPECT_GT(filled, picture.width / 3);
}

TEST_F(Explore, ChartsNeedGnuplotAndSaySo) {
  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  setenv("PATH", "/nonexistent", 1);
  try {
    draw_durations({{1, 2}, {}}, directory.path());
    ADD_FAILURE() << "no error";
  } catch (const SystemError& error) {
    EXPECT_EQ(std::string(error.what()),
              "drawing '" + (directory.path() / "durations.png").string() + "': gnuplot is not installed");
  }
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(files(), 0u);
}

TEST_F(Explore, FoldsThatTheFileDoesNotTellAreMinusOne) {
  publish(directory.path() / "folds.csv", "song_id,fold\n03,1\n00,2\n05,x\n");
  const std::vector<int> fold = read_folds(directory.path() / "folds.csv", test::made_up_catalog());
  ASSERT_EQ(fold.size(), 12u);
  EXPECT_EQ(fold[0], 2);
  EXPECT_EQ(fold[1], -1);
  EXPECT_EQ(fold[3], 1);
  EXPECT_EQ(fold[5], -1);
}

}  // namespace
}  // namespace foldwave::report
