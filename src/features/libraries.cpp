#include "foldwave/features/libraries.h"

#include <fftw3.h>

namespace foldwave::features {

std::vector<Library> libraries() {
  const std::string text = fftwf_version;  // "fftw-3.3.10-sse2-avx"
  return {{"FFTW", text.starts_with("fftw-") ? text.substr(5) : text}};
}

}  // namespace foldwave::features
