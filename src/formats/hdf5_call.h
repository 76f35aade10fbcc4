// How this room calls HDF5: one lock, silence on stderr, every result checked in one place, ids that close themselves.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

namespace foldwave::formats {

// One or a few HDF5 calls that together do one thing:
//   const Hdf5Call call("writing '/mel' of 'shard-00000.h5'");
//   call(H5Dwrite(...));    // SystemError "writing '/mel' of 'shard-00000.h5': No space left on device"
// Not every build of HDF5 may be called from several threads, so calls wait for each other here.
class Hdf5Call {
 public:
  explicit Hdf5Call(std::string doing);

  template <class T>
  T operator()(T result) const {
    if (result < 0) fail();
    return result;
  }
  [[noreturn]] void fail() const;  // SystemError: what was being done, and the innermost reason that HDF5 knows

 private:
  static std::recursive_mutex& library();
  std::lock_guard<std::recursive_mutex> lock_;
  std::string doing_;
};

std::string hdf5_reason();  // of the last failed call

class Hdf5Id {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Id(hid_t id, Close how) : id_(id), close_(how) {}
  Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5Id& operator=(Hdf5Id&&) = delete;
  ~Hdf5Id() { close(); }
  operator hid_t() const { return id_; }
  herr_t close();

 private:
  hid_t id_;
  Close close_;
};

}  // namespace foldwave::formats
