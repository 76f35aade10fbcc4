// `foldwave explore` as a user has it: beside a run, before it, on several ranks.
#include "foldwave/store/store.h"
#include "pipeline/program.h"
#include "report/colour_map.h"
#include "report/png_picture.h"

namespace foldwave::pipeline {
namespace {

using report::test::PngPicture;
using report::test::read_png;

class Explore : public Program {
 protected:
  static Ending explore(int ranks, const fs::path& run, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"explore", "--run.dir", run.string()};
    words.insert(words.end(), more.begin(), more.end());
    return finish(under_mpirun(ranks, words));
  }
  static void prepare(const fs::path& run) {
    std::vector<std::string> words = run_arguments(run);
    words.front() = "prepare";
    const Ending ending = finish(under_mpirun(1, words));
    ASSERT_EQ(ending.code, 0) << ending.err;
  }
  static size_t pictures(const fs::path& folder) {
    return static_cast<size_t>(std::count_if(fs::directory_iterator(folder), {},
                                             [](const auto& entry) { return entry.path().extension() == ".png"; }));
  }
};

TEST_F(Explore, ImagesShowWhatTheStoreHoldsOnAnyNumberOfRanks) {
  const fs::path run = root_ / "images";
  prepare(run);
  const auto launches = [&] { return std::distance(fs::directory_iterator(run / "journal"), {}); };
  const auto launches_before = launches();
  const Ending ending = explore(3, run, {"--explore.per_genre", "2", "--explore.images", "all"});
  ASSERT_EQ(ending.code, 0) << ending.err;

  const store::FeatureStore store(run / "features");
  EXPECT_EQ(pictures(run / "report" / "spectrograms"), static_cast<size_t>(store.tracks()));
  EXPECT_EQ(pictures(run / "report"), 2u + 3 * 2);
  const int n_mels = store.features().n_mels;
  for (int track = 0; track < store.tracks(); track += 7) {
    const PngPicture picture = read_png(run / "report" / "spectrograms" / (std::string(store.song_id(track)) + ".png"));
    ASSERT_EQ(picture.width, store.frames(track));
    ASSERT_EQ(picture.height, n_mels);
    std::vector<float> db(static_cast<size_t>(picture.width) * n_mels);
    store.read_mel_db(track, 0, db);
    for (int frame = 0; frame < picture.width; frame += 5)
      for (int mel = 0; mel < n_mels; mel += 3)
        ASSERT_EQ(picture.at(frame, n_mels - 1 - mel),
                  report::magma[report::shade_of(db[static_cast<size_t>(frame) * n_mels + mel], -80)])
            << store.song_id(track) << " frame " << frame << " mel " << mel;
  }
  EXPECT_EQ(launches(), launches_before);  // it looks on

  const fs::path other = root_ / "images-of-3-ranks";
  fs::rename(run / "report", other);
  ASSERT_EQ(explore(1, run, {"--explore.per_genre", "2", "--explore.images", "all"}).code, 0);
  expect_same_files(other, run / "report", {".png"});
}

TEST_F(Explore, ChosenTracksAreDrawnAndOthersNot) {
  const fs::path run = root_ / "chosen";
  prepare(run);
  const store::FeatureStore store(run / "features");
  const std::string id(store.song_id(3));
  const Ending ending = explore(1, run, {"--explore.tracks", id});
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_EQ(pictures(run / "report"), 3u);
  const std::string picture = (run / "report" / ("spectrogram-" + id + ".png")).string();
  EXPECT_NE(ending.out.find(picture + "\n"), std::string::npos) << ending.out;
  EXPECT_FALSE(fs::exists(run / "report" / "spectrograms"));

  const Ending unknown = explore(2, run, {"--explore.tracks", id + ",nobody"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.err.find("explore.tracks: 'nobody' is not a song of the tables"), std::string::npos) << unknown.err;
}

TEST_F(Explore, BeforePrepareShowsTheGenresAndSaysWhatTheRestNeeds) {
  const fs::path run = root_ / "before";
  const Ending ending = explore(2, run, {"--data.train", (root_ / "data" / "train.csv").string()});
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(ending.err.find("run 'foldwave prepare' first"), std::string::npos) << ending.err;
  EXPECT_EQ(pictures(run / "report"), 1u);

  const Ending nowhere = explore(1, root_ / "nowhere");
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_NE(nowhere.err.find("holds no run"), std::string::npos) << nowhere.err;
}

}  // namespace
}  // namespace foldwave::pipeline
