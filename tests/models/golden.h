// Weights and inputs by the `fill` rule of tests/golden/make_golden.py, and what timm made of them.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "foldwave/models/models.h"

namespace foldwave::models::golden {

inline uint32_t crc32(const std::string& text) {
  uint32_t crc = 0xFFFFFFFF;
  for (const unsigned char c : text) {
    crc ^= c;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

inline bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Values in double, then cast to float.
inline torch::Tensor fill(const std::string& name, const std::vector<int64_t>& shape) {
  auto tensor = torch::empty(shape);
  const double c = crc32(name) % 1000;
  double fan_in = 1;
  for (size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
  float* out = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    const double v = std::sin((static_cast<double>(i + 1) + c) * 12.9898) * 43758.5453, u = 2 * (v - std::floor(v)) - 1;
    double w = 0.1 * u;
    if (shape.size() >= 2)
      w = u * std::sqrt(6.0 / fan_in);
    else if (ends_with(name, "running_var"))
      w = 1 + 0.5 * std::abs(u);
    else if (ends_with(name, "weight"))
      w = 1 + 0.1 * u;
    out[i] = static_cast<float>(w);
  }
  return tensor;
}

inline void fill_network(Network& network) {
  torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : state_dict(network))
    if (tensor.is_floating_point()) tensor.copy_(fill(name, tensor.sizes().vec()));
}

inline torch::Tensor inputs() {
  return torch::stack({fill("input0", {1, 128, 160}), fill("input1", {1, 128, 160})}).clamp_(-1, 1);
}

inline const nlohmann::ordered_json& all() {
  static const auto json = nlohmann::ordered_json::parse(std::ifstream(FOLDWAVE_GOLDEN "/timm.json"));
  return json.at("backbones");
}

inline const nlohmann::ordered_json& of(const std::string& backbone) { return all().at(backbone); }

inline std::vector<std::string> backbones() {
  std::vector<std::string> names;
  for (const auto& [name, values] : all().items()) names.push_back(name);
  return names;
}

inline torch::Tensor matrix(const nlohmann::ordered_json& rows) {
  const auto values = rows.get<std::vector<std::vector<double>>>();
  auto tensor =
      torch::empty({static_cast<int64_t>(values.size()), static_cast<int64_t>(values[0].size())}, torch::kDouble);
  for (size_t i = 0; i < values.size(); ++i)
    for (size_t j = 0; j < values[i].size(); ++j) tensor[i][j] = values[i][j];
  return tensor;
}

// Largest deviation, relative to the largest value expected.
inline double relative_error(const torch::Tensor& got, const torch::Tensor& expected) {
  return ((got.to(torch::kDouble) - expected.to(torch::kDouble)).abs().max() / expected.abs().max()).item<double>();
}

}  // namespace foldwave::models::golden
