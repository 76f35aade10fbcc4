// Tables written for one test, in a folder that goes with it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "foldwave/catalog/catalog.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave::catalog {

class Tables : public ::testing::Test {
 protected:
  Tables() { std::filesystem::create_directories(folder); }
  ~Tables() override { std::filesystem::remove_all(folder); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    publish(folder / name, text);
    return folder / name;
  }

  // The error's sentence, with the folder taken out of it.
  std::string error_of(const std::function<void()>& action) const {
    try {
      action();
    } catch (const InputError& error) {
      std::string text = error.what();
      const std::string prefix = folder.string() + "/";
      for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
        text.erase(at, prefix.size());
      return text;
    }
    return "no InputError";
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("foldwave-" + std::to_string(getpid()) + "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

// A catalogue of songs s0, s1, ... without any table.
inline Catalog catalog_of(const std::vector<int>& label, int classes, const std::vector<int>& group = {},
                          int groups = 0) {
  Catalog catalog;
  for (size_t row = 0; row < label.size(); ++row) {
    catalog.tracks.push_back({"s" + std::to_string(row), "s" + std::to_string(row) + ".ogg"});
    catalog.train.push_back(static_cast<int>(row));
  }
  catalog.label = label;
  catalog.group = group;
  for (int c = 0; c < classes; ++c) catalog.class_ids.push_back(std::to_string(c));
  for (int g = 0; g < groups; ++g) catalog.group_names.push_back("g" + std::to_string(g));
  catalog.class_names = catalog.class_ids;
  catalog.id_column = "song_id";
  catalog.label_column = "genre_id";
  return catalog;
}

}  // namespace foldwave::catalog
