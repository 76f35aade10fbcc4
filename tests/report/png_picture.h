// A PNG file's pixels.
#pragma once

#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace foldwave::report::test {

struct PngPicture {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;  // [height, width, 3], from the top

  uint32_t at(int x, int y) const {  // 0xRRGGBB
    const uint8_t* pixel = &rgb[3 * (static_cast<size_t>(y) * width + x)];
    return static_cast<uint32_t>(pixel[0]) << 16 | static_cast<uint32_t>(pixel[1]) << 8 | pixel[2];
  }
};

inline PngPicture read_png(const std::filesystem::path& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_file(&image, path.c_str())) << path << ": " << image.message;
  image.format = PNG_FORMAT_RGB;
  PngPicture picture{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  picture.rgb.resize(PNG_IMAGE_SIZE(image));
  EXPECT_TRUE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr)) << path << ": " << image.message;
  return picture;
}

}  // namespace foldwave::report::test
