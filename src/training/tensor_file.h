// Tensors into safetensors files and back, by name.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "foldwave/formats/safetensors.h"

namespace foldwave::training {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

// Row-major on disk, wherever and however the tensors lie in memory. float32 and int64. The metadata get a checksum of
// all that is in the file.
void write_tensors(const std::filesystem::path& path, const NamedTensors& tensors,
                   const std::map<std::string, std::string>& metadata);

// InputError where the file has a checksum and its contents another: a bit that the disk has changed.
void verify(const formats::SafetensorsFile& file, const std::filesystem::path& path);

// Fills `tensors` from those of the file called prefix + name. InputError on one that is missing, or of another shape
// or type.
void read_tensors(const formats::SafetensorsFile& file, const std::filesystem::path& path, const std::string& prefix,
                  const NamedTensors& tensors);

}  // namespace foldwave::training
