// What a machine does, measured: one function a benchmark, each a file of its own.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "jobs/commands.h"

namespace foldwave::jobs {

// Collective where there is a world. Rank 0 prints, by print_result.
void bench_catalog(const Call& call);
void bench_dispatch(const Call& call);
void bench_features(const Call& call);
void bench_loader(const Call& call);
void bench_packing(const Call& call);
void bench_predict(const Call& call);
void bench_stack(const Call& call);
void bench_store(const Call& call);
void bench_train(const Call& call);

double sum_over_ranks(const comm::Group& group, double value);  // on rank 0; 0 elsewhere
double median(std::span<const double> values);                  // of one at least
void print_result(const nlohmann::ordered_json& result);        // a line of stdout

}  // namespace foldwave::jobs
