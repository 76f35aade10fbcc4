// A buffer of floats where a communicator wants it: on the host, or on the current CUDA device.
#pragma once

#ifdef FOLDWAVE_WITH_NCCL
#include <cuda_runtime_api.h>
#endif

#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace foldwave::comm {

class Floats {
 public:
  Floats(std::vector<float> values, bool on_device) : host_(std::move(values)), on_device_(on_device) {
    if (on_device_) copy_to_device();
  }
  ~Floats() { release(); }
  Floats(const Floats&) = delete;
  Floats& operator=(const Floats&) = delete;

  std::span<float> buffer() { return on_device_ ? std::span(device_, host_.size()) : std::span(host_); }
  std::vector<float> values() const { return on_device_ ? copied_back() : host_; }

 private:
#ifdef FOLDWAVE_WITH_NCCL
  size_t bytes() const { return host_.size() * sizeof(float); }
  static void check(cudaError_t code) {
    if (code != cudaSuccess) throw std::runtime_error(cudaGetErrorString(code));
  }
  void copy_to_device() {
    check(cudaMalloc(reinterpret_cast<void**>(&device_), bytes()));
    check(cudaMemcpy(device_, host_.data(), bytes(), cudaMemcpyHostToDevice));
  }
  std::vector<float> copied_back() const {
    std::vector<float> values(host_.size());
    check(cudaMemcpy(values.data(), device_, bytes(), cudaMemcpyDeviceToHost));
    return values;
  }
  void release() {
    if (device_ != nullptr) cudaFree(device_);
  }
#else
  void copy_to_device() { throw std::runtime_error("built without CUDA"); }
  std::vector<float> copied_back() const { return host_; }
  void release() {}
#endif

  std::vector<float> host_;
  bool on_device_;
  float* device_ = nullptr;
};

}  // namespace foldwave::comm
