#include <sndfile.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {

void decode_only(const std::filesystem::path& path) {
  constexpr size_t kBlockValues = size_t{1} << 16;  // all channels together
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, decltype(&sf_close)> file(sf_open(path.c_str(), SFM_READ, &info), &sf_close);
  if (!file || info.channels < 1) throw UnusableAudio("not audio");
  thread_local std::vector<float> block;
  block.resize(std::max(kBlockValues, static_cast<size_t>(info.channels)));
  const auto frames = static_cast<sf_count_t>(block.size()) / info.channels;
  while (sf_readf_float(file.get(), block.data(), frames) > 0) {
  }
}

}  // namespace foldwave::audio
