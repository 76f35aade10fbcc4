#include "options.h"

#include <charconv>
#include <string_view>

#include "genre.h"

namespace demo {
namespace {

template <typename Number>
Number parse_number(std::string_view name, std::string_view text, Number low, Number high) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= low && value <= high)) {
    throw UsageError(std::string(name) + " is '" + std::string(text) + "'; it must be a number from " +
                     std::to_string(low) + " to " + std::to_string(high));
  }
  return value;
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--help" || name == "-h") {
      options.help = true;
      return options;
    }
    if (i + 1 == argc) throw UsageError(std::string(name) + " needs a value");
    const std::string_view value = argv[++i];
    if (name == "--out") {
      options.out = value;
    } else if (name == "--tracks") {
      options.clips = parse_number(name, value, 1, 1'000'000);
    } else if (name == "--seconds") {
      options.seconds = parse_number(name, value, 0.5, 600.0);
    } else if (name == "--test-share") {
      options.test_share = parse_number(name, value, 0.0, 0.9);
    } else if (name == "--genres") {
      options.genres = parse_number(name, value, 2, static_cast<int>(all_genres().size()));
    } else if (name == "--threads") {
      options.threads = parse_number(name, value, 0, 1024);
    } else if (name == "--seed") {
      options.seed = parse_number<std::uint64_t>(name, value, 0, UINT64_MAX);
    } else {
      throw UsageError("unknown option '" + std::string(name) + "'");
    }
  }
  if (options.out.empty()) throw UsageError("--out is missing: the folder to write to");
  return options;
}

std::string usage() {
  std::string names;
  for (const Genre& genre : all_genres()) names += (names.empty() ? "" : ", ") + std::string(genre.name);
  return "usage: foldwave-demo-data --out DIR [--tracks 160] [--seconds 6] [--test-share 0.25] [--genres 6] [--seed 1] "
         "[--threads 0]\n"
         "\n"
         "Writes made-up music of several genres with tables in the Kaggle layout: train.csv, test.csv, truth.csv, "
         "genres.csv, audio/.\n"
         "Rhythm, timbre and harmony together tell the genre; container, sample rate and channels do not. The same "
         "options give the\n"
         "same bytes. Several files come from one made-up song (column track); no song is in both train.csv and "
         "test.csv.\n"
         "Genres: " +
         names + ".\n";
}

}  // namespace demo
