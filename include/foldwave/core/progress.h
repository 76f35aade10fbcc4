// Where the rooms say how far they are. They know what they count; who listens draws a line on a terminal, or writes to
// a log.
#pragma once

#include <cstdint>
#include <string>

#include "foldwave/core/log.h"

namespace foldwave {

struct Progress {
  std::string stage;  // "prepare"
  std::string unit;   // "tracks"
  int64_t done = 0;
  int64_t total = 0;
  std::string detail;     // "resnet18+specaugment/seed-1/fold-2 epoch 3/10, validation F1 0.512"
  double work_done = 0;   // of work_total, where items differ in cost: what the time left is judged by
  double work_total = 0;  // 0: all items cost the same
  double audio_s = 0;     // of audio done; 0: not said
};

class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  // Cheap; may be called often, from one thread at a time per stage. The first one of a stage says what was done before
  // it began: 0, or what an earlier launch left.
  virtual void update(const Progress& progress) = 0;
  virtual void say(LogLevel level, const std::string& sentence) = 0;  // something the user should read once
  void note(const std::string& sentence) { say(LogLevel::info, sentence); }
  void warn(const std::string& sentence) { say(LogLevel::warning, sentence); }
};

// Says nothing: for ranks other than 0, and tests.
class SilentProgress final : public ProgressSink {
 public:
  void update(const Progress&) override {}
  void say(LogLevel, const std::string&) override {}
};

}  // namespace foldwave
