#include "foldwave/audio/audio.h"

namespace foldwave::audio {

struct Loader::State {
  AudioConfig config;
};

Loader::Loader(const AudioConfig& config) : state_(new State{config}) {}
Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;

void Loader::operator()(const std::filesystem::path& path, std::vector<float>& mono) {
  mono = load(path, state_->config).samples;
}

}  // namespace foldwave::audio
