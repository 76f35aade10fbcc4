#include <png.h>

#include <array>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/report/explore.h"
#include "report/colour_map.h"
#include "report/file_name.h"

namespace foldwave::report {
namespace {

// Places in the colour map, [n_mels, frames], the highest mel bin first.
std::vector<uint8_t> shades(const Spectrogram& spectrogram, const features::FeatureConfig& features) {
  const auto frames = static_cast<size_t>(spectrogram.frames), n_mels = static_cast<size_t>(features.n_mels);
  const auto floor_db = static_cast<float>(-features.top_db);
  std::vector<uint8_t> pixels(frames * n_mels);
  for (size_t frame = 0; frame < frames; ++frame)
    for (size_t mel = 0; mel < n_mels; ++mel)
      pixels[(n_mels - 1 - mel) * frames + frame] = shade_of(spectrogram.db[frame * n_mels + mel], floor_db);
  return pixels;
}

std::array<uint8_t, 3 * 256> colour_bytes() {
  std::array<uint8_t, 3 * 256> bytes{};
  for (size_t i = 0; i < magma.size(); ++i)
    for (size_t part = 0; part < 3; ++part) bytes[3 * i + part] = static_cast<uint8_t>(magma[i] >> (16 - 8 * part));
  return bytes;
}

// By libpng's simplified interface, whose longjmp never leaves libpng.
std::string png_bytes(const std::vector<uint8_t>& pixels, int width, int height, const std::filesystem::path& path) {
  const std::array<uint8_t, 3 * 256> colours = colour_bytes();
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.flags = PNG_IMAGE_FLAG_FAST;
  image.colormap_entries = magma.size();
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);  // that it cannot exceed
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), width, colours.data()))
    throw SystemError("writing '" + path.string() + "': " + image.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::filesystem::path write_spectrogram_image(const Spectrogram& spectrogram, const features::FeatureConfig& features,
                                              const std::filesystem::path& directory) {
  const auto path = directory / (file_name_of(spectrogram.song_id) + ".png");
  publish(path, png_bytes(shades(spectrogram, features), spectrogram.frames, features.n_mels, path));
  return path;
}

}  // namespace foldwave::report
