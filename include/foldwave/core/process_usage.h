// What this process has used.
#pragma once

#include <atomic>
#include <thread>

namespace foldwave {

double process_cpu_s();  // of all threads, in user and kernel
double peak_mib();       // of resident memory since the process began, files that it maps included
double anonymous_mib();  // resident memory that is no file's: RssAnon in /proc/self/status

// The peak of anonymous_mib() since its beginning. The kernel keeps a peak of all memory only, files included, so a
// thread looks every 2 ms: what is filled and freed between two looks escapes it.
class AnonymousPeak {
 public:
  AnonymousPeak();
  double mib() const { return peak_; }

 private:
  std::atomic<double> peak_;
  std::jthread watch_;
};

}  // namespace foldwave
