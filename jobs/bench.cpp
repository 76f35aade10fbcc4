#include "jobs/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace foldwave::jobs {
namespace {

struct Benchmark {
  const char* name;
  void (*run)(const Call& call);
};
const std::vector<Benchmark> benchmarks{
    {"catalog", bench_catalog}, {"dispatch", bench_dispatch}, {"features", bench_features},
    {"loader", bench_loader},   {"packing", bench_packing},   {"predict", bench_predict},
    {"stack", bench_stack},     {"store", bench_store},       {"train", bench_train},
};

}  // namespace

std::vector<std::string> benchmark_names() {
  std::vector<std::string> names;
  for (const Benchmark& benchmark : benchmarks) names.emplace_back(benchmark.name);
  return names;
}

void bench_command(const Call& call) {
  const std::string what = call.settings.text("bench.what");
  std::find_if(benchmarks.begin(), benchmarks.end(), [&](const Benchmark& b) { return b.name == what; })->run(call);
}

double sum_over_ranks(const comm::Group& group, double value) {
  double sum = 0;
  for (const std::string& text : group.gather(std::to_string(value))) sum += std::stod(text);
  return sum;
}

double median(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

void print_result(const nlohmann::ordered_json& result) {
  fmt::print("{}\n", result.dump());
  std::fflush(stdout);
}

}  // namespace foldwave::jobs
