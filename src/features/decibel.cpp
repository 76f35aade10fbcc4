#include "features/decibel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "foldwave/core/for_each_cpu.h"
#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

// Loops of one step each: joined, the compiler splits off the clamped values and vectorises none of it.
FOLDWAVE_FOR_EACH_CPU void to_decibel(const float* __restrict power, float* __restrict db, size_t n, float ref_db) {
  for (size_t i = 0; i < n; ++i) db[i] = std::max(kAmin, power[i]);
  for (size_t i = 0; i < n; ++i) db[i] = decibel(db[i]) - ref_db;
}

FOLDWAVE_FOR_EACH_CPU void raise_to(float floor, float* db, size_t n) {
  for (size_t i = 0; i < n; ++i) db[i] = std::max(floor, db[i]);
}

}  // namespace

float maximum(std::span<const float> values) {
  if (values.empty()) return 0;
  constexpr size_t kLanes = 8;  // several running maxima, for the compiler to vectorise
  std::array<float, kLanes> largest;
  largest.fill(values[0]);
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) largest[lane] = std::max(largest[lane], values[i + lane]);
  }
  for (; i < values.size(); ++i) largest[0] = std::max(largest[0], values[i]);
  return std::ranges::max(largest);
}

void power_to_db(std::span<const float> power, double ref, double top_db, std::vector<float>& db) {
  db.resize(power.size());
  to_decibel(power.data(), db.data(), db.size(), static_cast<float>(10 * std::log10(std::max(1e-10, ref))));
  raise_to(maximum(db) - static_cast<float>(top_db), db.data(), db.size());
}

std::vector<float> power_to_db(std::span<const float> power, double ref, double top_db) {
  std::vector<float> db;
  power_to_db(power, ref, top_db, db);
  return db;
}

}  // namespace foldwave::features
