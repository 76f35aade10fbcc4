// foldwave-demo-data: made-up music with labels, the same bytes for the same seed.
#include <algorithm>
#include <atomic>
#include <exception>
#include <iostream>
#include <mutex>
#include <thread>

#include "arrangement.h"
#include "audio_file.h"
#include "collection.h"
#include "room_sound.h"
#include "tables.h"

namespace demo {
namespace {

std::vector<unsigned char> make_clip(const Song& song, const Clip& clip, std::uint64_t seed) {
  Random random(seed, Stream::kPerformance, clip.number);
  Sound music = perform(song, clip.recording.music_s, clip.recording.sample_rate, random);
  add_reverb(music, song.reverb);
  const std::vector<float> samples = record(music, clip.recording, random);
  return encode(samples, clip.recording, static_cast<std::uint32_t>(clip.number + 1));
}

void make_audio(const Collection& collection, const Options& options) {
  const std::filesystem::path folder = options.out / "audio";
  std::atomic<std::size_t> next = 0;
  std::mutex failure_mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < collection.clips.size(); i = next++) {
        const Clip& clip = collection.clips[i];
        write_file(folder / clip.filename, make_clip(collection.songs[clip.song], clip, options.seed));
      }
    } catch (...) {
      next = collection.clips.size();
      const std::lock_guard lock(failure_mutex);
      failure = std::current_exception();
    }
  };
  const unsigned threads =
      options.threads > 0 ? static_cast<unsigned>(options.threads) : std::max(1U, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace
}  // namespace demo

int main(int argc, char** argv) {
  try {
    const demo::Options options = demo::parse_options(argc, argv);
    if (options.help) {
      std::cout << demo::usage();
      return 0;
    }
    const demo::Collection collection = demo::plan_collection(options);
    std::filesystem::create_directories(options.out / "audio");
    demo::make_audio(collection, options);
    demo::write_tables(collection, options.genres, options.out);
    const auto held_out = std::count_if(collection.clips.begin(), collection.clips.end(),
                                        [](const demo::Clip& clip) { return clip.test; });
    std::cout << collection.clips.size() << " files of " << collection.songs.size() << " songs in " << options.genres
              << " genres, " << held_out << " of them for the test: " << options.out.string() << "\n";
    return 0;
  } catch (const demo::UsageError& error) {
    std::cerr << "foldwave-demo-data: " << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "foldwave-demo-data: " << error.what() << "\n";
    return 1;
  }
}
