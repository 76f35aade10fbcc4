// What it costs to prepare the tables' files, beside what libsndfile alone costs to decode them.
#include <algorithm>
#include <array>
#include <optional>

#include "foldwave/catalog/catalog.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/preparation/preparation.h"
#include "jobs/bench.h"
#include "jobs/temporary_directory.h"

namespace foldwave::jobs {
namespace {

constexpr int kRepetitions = 3;          // medians are printed
constexpr double kAnalysed_s = 30 * 60;  // of audio, held in memory while it is analysed

// CPU seconds that all ranks together spend in `work`; complete on rank 0 alone.
template <class Work>
double cpu_s_of(const comm::Group& group, const Work& work) {
  comm::begin_together(group);
  const double begin_s = process_cpu_s();
  work();
  return sum_over_ranks(group, process_cpu_s() - begin_s);
}

void decode_share(const catalog::Catalog& catalog, const comm::Group& group) {
  for (int track = group.rank(); track < static_cast<int>(catalog.tracks.size()); track += group.size()) {
    try {
      audio::decode_only(catalog.file_of(track));
    } catch (const audio::UnusableAudio&) {
      // prepare does not get further with it either
    }
  }
}

// From decoded and resampled waveforms to their features, CPU seconds per second of audio, on this rank.
double analysis_cpu_s_per_s(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                            const features::FeatureConfig& config) {
  std::vector<std::vector<float>> waveforms;
  double audio_s = 0;
  audio::Loader load(audio);
  for (int track = 0; track < static_cast<int>(catalog.tracks.size()) && audio_s < kAnalysed_s; ++track) {
    try {
      load(catalog.file_of(track), waveforms.emplace_back());
      audio_s += static_cast<double>(waveforms.back().size()) / audio.sample_rate;
    } catch (const audio::UnusableAudio&) {
      waveforms.pop_back();
    }
  }
  features::FeatureExtractor extract(config);
  features::Features features;
  std::array<double, kRepetitions> cpu_s{};
  for (double& spent : cpu_s) {
    const double begin_s = process_cpu_s();
    for (const std::vector<float>& mono : waveforms) {
      const audio::Span loud = audio::trim(mono, audio);
      extract(std::span(mono).subspan(static_cast<size_t>(loud.begin), static_cast<size_t>(loud.end - loud.begin)),
              features);
    }
    spent = process_cpu_s() - begin_s;
  }
  return audio_s > 0 ? median(cpu_s) / audio_s : 0;
}

}  // namespace

void bench_features(const Call& call) {
  const comm::Group& group = call.world->all();
  const catalog::Catalog catalog = catalog::read_catalog(catalog::catalog_config(call.settings));
  const audio::AudioConfig audio = audio::audio_config(call.settings);
  const features::FeatureConfig features = features::feature_config(call.settings);
  // Ranks of several nodes share no temporary directory: there features.path says where the stores go.
  const std::filesystem::path given = call.settings.text("features.path");
  std::optional<TemporaryDirectory> directory;
  if (group.rank() == 0) directory.emplace(given.empty() ? std::filesystem::temp_directory_path() : given);
  std::string stores = directory ? directory->path().string() : "";
  group.broadcast(stores);

  SilentProgress silent;
  preparation::PrepareOutcome outcome;
  std::array<double, kRepetitions> decode_cpu_s{}, prepare_cpu_s{}, prepare_wall_s{};
  for (int i = 0; i < kRepetitions; ++i) {
    decode_cpu_s[static_cast<size_t>(i)] = cpu_s_of(group, [&] { decode_share(catalog, group); });
    preparation::PrepareConfig config;
    config.store = std::filesystem::path(stores) / std::to_string(i);
    config.max_bad = 1;
    const double begin_s = monotonic_s();
    prepare_cpu_s[static_cast<size_t>(i)] =
        cpu_s_of(group, [&] { outcome = preparation::prepare(catalog, audio, features, config, group, silent); });
    prepare_wall_s[static_cast<size_t>(i)] = monotonic_s() - begin_s;
  }
  comm::on_rank_0(group, [&] {
    const double files = static_cast<double>(catalog.tracks.size());
    print_result({{"bench", "features"},
                  {"ranks", group.size()},
                  {"summary", call.settings.text("features.summary")},
                  {"files", catalog.tracks.size()},
                  {"unusable", outcome.quarantine.size()},
                  {"audio_s", outcome.audio_s},
                  {"decode_cpu_s", median(decode_cpu_s)},
                  {"prepare_cpu_s", median(prepare_cpu_s)},
                  {"prepare_over_decode", median(prepare_cpu_s) / median(decode_cpu_s)},
                  {"analysis_cpu_s", analysis_cpu_s_per_s(catalog, audio, features) * outcome.audio_s},
                  {"prepare_wall_s", median(prepare_wall_s)},
                  {"files_per_s", files / median(prepare_wall_s)},
                  {"times_real_time", outcome.audio_s / median(prepare_wall_s)}});
    return std::string();
  });
}

}  // namespace foldwave::jobs
