// Python opens what this room writes. Runs python_readers.py with $FOLDWAVE_PYTHON (default: python3) where that has
// the packages.
#include <gtest/gtest.h>

#include <cstdlib>

#include "foldwave/formats/hdf5.h"
#include "foldwave/formats/safetensors.h"
#include "foldwave/formats/tensorboard.h"
#include "temporary_folder.h"

namespace foldwave::formats {
namespace {

std::string python() {
  const char* given = std::getenv("FOLDWAVE_PYTHON");
  return given != nullptr ? given : "python3";
}

template <class T>
void write_kind(Hdf5File& file, const std::string& name, const std::vector<T>& values) {
  file.write<T>(name, std::span<const T>(values), {values.size()});
}

void write_arrays(const std::filesystem::path& path) {
  auto file = Hdf5File::create(path);
  write_kind<float>(file, "/float32", {0.5f, -1});
  write_kind<double>(file, "/float64", {0.5, -1});
  write_kind<int16_t>(file, "/int16", {-7, 7});
  write_kind<int32_t>(file, "/int32", {-7, 7});
  write_kind<int64_t>(file, "/int64", {-7, 7});
  write_kind<uint32_t>(file, "/uint32", {7, UINT32_MAX});
  write_kind<uint64_t>(file, "/uint64", {7, UINT64_MAX});
  write_kind<Half>(file, "/float16", {to_half(-80), to_half(0.1f), to_half(0x1p-24f)});
  write_kind<float>(file, "/empty", {});
  file.write_strings("/text", {"007", "", "caf\xc3\xa9"});
  file.set_attribute("/", "format", std::string("caf\xc3\xa9"));
  file.set_attribute("/", "count", int64_t{3});
  file.set_attribute("/", "rate", 0.5);
  file.set_attribute("/text", "columns", std::vector<std::string>{"a", "b"});
  file.close();
}

TEST(PythonReaders, OpenArraysTensorsAndEvents) {
  const std::string script = FOLDWAVE_TEST_SOURCES "/formats/python_readers.py";
  if (std::system((python() + " -c 'import h5py, numpy, safetensors' 2>/dev/null").c_str()) != 0)
    GTEST_SKIP() << python() << " has no h5py and safetensors";
  const TemporaryFolder folder;
  write_arrays(folder / "arrays.h5");
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6};
  const std::vector<uint8_t> odd = {1, 2, 3};
  write_safetensors(folder / "weights.safetensors",
                    {{"odd", "U8", {3}, std::as_bytes(std::span(odd))},
                     {"fc.weight", "F32", {2, 3}, std::as_bytes(std::span(weights))}},
                    {{"backbone", "resnet18"}});
  EventWriter(folder / "events.out.tfevents.1").scalar("val/f1", 3, 0.5f, 1000);
  EXPECT_EQ(std::system((python() + " '" + script + "' '" + folder.path().string() + "'").c_str()), 0);
}

}  // namespace
}  // namespace foldwave::formats
