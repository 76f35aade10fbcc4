#include <limits>

#include "features/check.h"
#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
using enum ValueKind;

void declare_spectrogram_options(OptionRegistry& registry) {
  registry.add(
      {"features.n_fft", "2048", "length of the STFT's window, an even number", integer, "samples", 16, 1 << 20, {}});
  registry.add(
      {"features.hop_length", "512", "from one frame to the next, at most n_fft", integer, "samples", 1, 1 << 20, {}});
  registry.add(
      {"features.power", "2", "exponent of the magnitudes that the mel filters sum: 1 or 2", real, "", 1, 2, {}});
}

void declare_mel_options(OptionRegistry& registry) {
  registry.add({"features.n_mels", "128", "mel bins of the spectrogram", integer, "", 1, 4096, {}});
  registry.add({"features.fmin", "0", "lower end of the mel scale", real, "Hz", 0, kUnbounded, {}});
  registry.add(
      {"features.fmax", "0", "upper end of the mel scale; 0: half the sample rate", real, "Hz", 0, kUnbounded, {}});
  registry.add({"features.htk", "false", "HTK's mel scale instead of Slaney's", flag, "", -kUnbounded, kUnbounded, {}});
  registry.add({"features.norm",
                "slaney",
                "mel filters of equal area (slaney) or of equal height (none)",
                text,
                "",
                -kUnbounded,
                kUnbounded,
                {"slaney", "none"}});
}

void declare_mfcc_options(OptionRegistry& registry) {
  registry.add({"features.n_mfcc", "20", "cepstral coefficients, at most n_mels", integer, "", 1, 4096, {}});
  registry.add({"features.lifter", "0", "cepstral liftering; 0: none", real, "", 0, 10000, {}});
  registry.add(
      {"features.summary",
       "rich",
       "what sums a song up beside its MFCCs: rich adds mean, deviation, 10th and 90th percentile of MFCC, delta, "
       "mel, chroma, contrast and more",
       text,
       "",
       -kUnbounded,
       kUnbounded,
       {"rich", "mfcc"}});
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  declare_spectrogram_options(registry);
  declare_mel_options(registry);
  declare_mfcc_options(registry);
  registry.usual({"features.n_mels"});
}

FeatureConfig feature_config(const Settings& settings) {
  const auto count = [&](const char* key) { return static_cast<int>(settings.integer(key)); };
  FeatureConfig config;
  config.sample_rate = count("features.sample_rate");
  config.n_fft = count("features.n_fft");
  config.hop_length = count("features.hop_length");
  config.n_mels = count("features.n_mels");
  config.n_mfcc = count("features.n_mfcc");
  config.fmin = settings.real("features.fmin");
  config.fmax = settings.real("features.fmax");
  config.htk = settings.flag("features.htk");
  config.area_norm = settings.text("features.norm") == "slaney";
  config.power = settings.real("features.power");
  config.lifter = settings.real("features.lifter");
  config.summary = settings.text("features.summary") == "rich" ? Summary::rich : Summary::mfcc;
  check(config, [&](const std::string& field) { return settings.where("features." + field); });
  return config;
}

}  // namespace foldwave::features
