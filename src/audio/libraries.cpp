#include "foldwave/audio/libraries.h"

#include <sndfile.h>
#include <soxr.h>

namespace foldwave::audio {
namespace {

// "libsndfile-1.2.0" without what stands before the number.
std::string number_of(const std::string& text) {
  const size_t dash = text.find('-');
  return dash == std::string::npos ? text : text.substr(dash + 1);
}

}  // namespace

std::vector<Library> libraries() {
  return {{"libsndfile", number_of(sf_version_string())}, {"soxr", number_of(soxr_version())}};
}

}  // namespace foldwave::audio
