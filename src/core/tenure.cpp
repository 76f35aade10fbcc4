#include "foldwave/core/tenure.h"

#include <cerrno>
#include <mutex>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave {
namespace {

struct State {
  std::mutex mutex;
  std::filesystem::path lease;  // empty: nobody asks
  std::string launch;
};
State& state() {
  static State only;
  return only;
}

// A file that a server of files replaces in this moment cannot be read the first time.
std::string read_lease(const std::filesystem::path& path) {
  for (int attempt = 0;; ++attempt) {
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) return "";
    try {
      return read_file(path);
    } catch (const SystemError&) {
      if (attempt == 2) throw;
    }
  }
}

void set(std::filesystem::path lease, std::string launch) {
  const std::lock_guard lock(state().mutex);
  state().lease = std::move(lease);
  state().launch = std::move(launch);
}

}  // namespace

Tenure::Tenure(std::filesystem::path lease, std::string launch) { set(std::move(lease), std::move(launch)); }
Tenure::~Tenure() { set({}, {}); }

void Tenure::check() {
  std::filesystem::path lease;
  std::string launch;
  {
    const std::lock_guard lock(state().mutex);
    lease = state().lease;
    launch = state().launch;
  }
  if (lease.empty() || read_lease(lease).find('"' + launch + '"') != std::string::npos) return;
  throw SystemError("'" + lease.string() +
                    "' is no longer this launch's: another one took it over, so nothing more is written here");
}

}  // namespace foldwave
