#include "formats/hdf5_call.h"

#include <atomic>
#include <cstdlib>

#include "foldwave/core/errors.h"

namespace foldwave::formats {
namespace {

std::atomic<bool> sound = true;  // every close has worked

// HDF5's own exit handler crashes on a file that a full disk kept from closing (1.10.8), so it runs only where all went
// well.
herr_t take_over_exit() {
  const herr_t done = H5dont_atexit();
  std::atexit([] {
    if (sound) H5close();
  });
  return done;
}

void keep_quiet() {
  static const herr_t once = take_over_exit();
  static_cast<void>(once);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // for this thread
}

herr_t keep_description(unsigned, const H5E_error2_t* error, void* reason) {
  *static_cast<std::string*>(reason) = error->desc != nullptr ? error->desc : "";
  return 0;
}

// "file write failed: time = ..., errno = 28, error message = 'No space left on device', buf = ..." is longer than its
// message.
std::string shortened(const std::string& reason) {
  const std::string key = "error message = '";
  const size_t found = reason.find(key);
  if (found == std::string::npos) return reason;
  const size_t begin = found + key.size();
  return reason.substr(begin, reason.find('\'', begin) - begin);
}

}  // namespace

std::recursive_mutex& Hdf5Call::library() {
  static std::recursive_mutex mutex;
  return mutex;
}

Hdf5Call::Hdf5Call(std::string doing) : lock_(library()), doing_(std::move(doing)) { keep_quiet(); }

void Hdf5Call::fail() const {
  const std::string reason = hdf5_reason();
  throw SystemError(doing_ + ": " + (reason.empty() ? "HDF5 gives no reason" : reason));
}

herr_t Hdf5Id::close() {
  if (id_ < 0) return 0;
  const herr_t result = close_(std::exchange(id_, H5I_INVALID_HID));
  if (result < 0) sound = false;
  return result;
}

std::string hdf5_reason() {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_description,
           &reason);  // from the call inwards: the last is the innermost
  return shortened(reason);
}

}  // namespace foldwave::formats
