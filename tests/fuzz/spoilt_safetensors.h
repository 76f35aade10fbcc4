// Seeds for fuzzing the reader of safetensors, and ways to spoil them that know where the header lies.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace foldwave::fuzz {

using Random = std::mt19937_64;  // and % for ranges: the same numbers with every standard library

const std::vector<std::string>& safetensors_seeds();  // valid files and hostile ones, each of a few KB at most

std::string sound_safetensors(Random& random);  // tensors of any shape in any order

std::string spoilt_safetensors(const std::string& bytes, Random& random);

}  // namespace foldwave::fuzz
