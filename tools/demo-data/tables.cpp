#include "tables.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace demo {
namespace {

void write_text(const std::filesystem::path& path, const std::string& text) {
  write_file(path, {reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::string labelled_rows(const Collection& collection, bool test) {
  std::ostringstream rows;
  rows << "song_id,filename,filepath,genre_id,genre,track\n";
  for (const Clip& clip : collection.clips) {
    if (clip.test != test) continue;
    const Song& song = collection.songs[clip.song];
    rows << clip.id << ',' << clip.filename << ",audio/" << clip.filename << ',' << song.genre_id << ','
         << all_genres()[static_cast<std::size_t>(song.genre_id)].name << ',' << song.title << '\n';
  }
  return rows.str();
}

}  // namespace

void write_file(const std::filesystem::path& path, std::span<const unsigned char> bytes) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  std::ofstream file(temporary, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error("cannot write " + temporary.string());
  std::filesystem::rename(temporary, path);
}

void write_tables(const Collection& collection, int genres, const std::filesystem::path& folder) {
  write_text(folder / "train.csv", labelled_rows(collection, false));
  write_text(folder / "truth.csv", labelled_rows(collection, true));
  std::ostringstream test;
  test << "song_id,filename,filepath\n";
  for (const Clip& clip : collection.clips) {
    if (clip.test) test << clip.id << ',' << clip.filename << ",audio/" << clip.filename << '\n';
  }
  write_text(folder / "test.csv", test.str());
  std::ostringstream names;
  names << "genre_id,genre\n";
  for (int genre = 0; genre < genres; ++genre)
    names << genre << ',' << all_genres()[static_cast<std::size_t>(genre)].name << '\n';
  write_text(folder / "genres.csv", names.str());
}

}  // namespace demo
