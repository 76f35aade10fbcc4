#include "song.h"

#include <array>
#include <string_view>

namespace demo {
namespace {

std::string draw_title(std::uint64_t number, Random& random) {
  static constexpr std::array<std::string_view, 16> kFirst = {
      "The Amber", "Two",  "Old", "North", "Little", "Paper",  "Seven", "Silver",
      "Quiet",     "Late", "Red", "Lost",  "Copper", "Winter", "Open",  "Glass"};
  static constexpr std::array<std::string_view, 16> kSecond = {
      "Harbour", "Foxes",   "Mill",     "Lanterns", "Engines", "Rivers", "Stairs", "Gardens",
      "Birds",   "Letters", "Stations", "Orchard",  "Bridges", "Clocks", "Sails",  "Hills"};
  // Songs are numbered genre by genre; an odd factor modulo a power of two keeps the numbers distinct and hides that.
  const std::uint64_t opus = (number * 0x9E3779B1U) % 0x100000U;
  return std::string(random.pick(kFirst)) + " " + std::string(random.pick(kSecond)) + " op. " + std::to_string(opus);
}

}  // namespace

Song draw_song(int genre_id, std::uint64_t seed, std::uint64_t song_number) {
  const Genre& genre = all_genres()[static_cast<std::size_t>(genre_id)];
  Random random(seed, Stream::kSong, song_number);
  Song song;
  song.genre_id = genre_id;
  song.title = draw_title(song_number, random);
  song.beats_per_minute = random.uniform(genre.beats_per_minute);
  song.swing = random.uniform(genre.swing);
  song.drum_chance = random.uniform(genre.drum_chance);
  song.melody_density = random.uniform(genre.melody_density);
  song.reverb = random.uniform(genre.reverb);
  song.key = 60 + random.below(12);
  song.chord_notes = genre.chord_notes;
  song.metre = random.pick(genre.metres);
  song.metre.drums = {random.pick(song.metre.drums)};
  song.scale = random.pick(genre.scales);
  song.progression = random.pick(genre.progressions);
  song.bass = random.pick(genre.basses);
  song.comping = random.pick(genre.compings);
  song.bass_patch = draw_patch(random.pick(genre.bass_patches), random);
  song.comping_patch = draw_patch(random.pick(genre.comping_patches), random);
  song.melody_patch = draw_patch(random.pick(genre.melody_patches), random);
  song.drum_brightness = static_cast<float>(random.uniform({0.4, 1}));
  song.gain_bass = random.uniform({0.5, 1});
  song.gain_comping = random.uniform({0.35, 0.8});
  song.gain_melody = random.uniform({0.4, 1});
  song.gain_drums = random.uniform({0.3, 0.9});
  return song;
}

}  // namespace demo
