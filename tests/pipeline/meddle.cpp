// Preloaded into the program, it meddles with libsndfile while the file that FOLDWAVE_MEDDLE_FILE names is open: by
// FOLDWAVE_MEDDLE_HOW the read crashes, or does not come back.
#include <dlfcn.h>
#include <sndfile.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

bool is_open(const std::string& name) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const auto target = std::filesystem::read_symlink(entry.path(), error);
    if (!error && target.filename() == name) return true;
  }
  return false;
}

void meddle() {
  const char* const name = std::getenv("FOLDWAVE_MEDDLE_FILE");
  const char* const how = std::getenv("FOLDWAVE_MEDDLE_HOW");
  if (name == nullptr || how == nullptr || !is_open(name)) return;
  if (std::string(how) == "stall") sleep(3600);
  if (std::string(how) == "abort") std::abort();
  const volatile char* const nowhere = nullptr;
  static_cast<void>(*nowhere);
}

}  // namespace

extern "C" sf_count_t sf_readf_float(SNDFILE* file, float* samples, sf_count_t frames) {
  using Read = sf_count_t (*)(SNDFILE*, float*, sf_count_t);
  static const auto read = reinterpret_cast<Read>(dlsym(RTLD_NEXT, "sf_readf_float"));
  meddle();
  return read(file, samples, frames);
}
