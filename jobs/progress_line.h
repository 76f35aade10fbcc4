// Progress for people: one line a stage on a terminal, redrawn; plain lines every few seconds elsewhere.
#pragma once

#include <mutex>
#include <string>
#include <thread>

#include "foldwave/core/progress.h"

namespace foldwave::jobs {

class ProgressLine final : public ProgressSink {
 public:
  explicit ProgressLine(LogLevel least);  // on stderr; sentences below `least` are not shown, nor progress above info
  ~ProgressLine() override;
  void update(const Progress& progress) override;
  void say(LogLevel level, const std::string& sentence) override;  // also to this rank's log

 private:
  enum class State { idle, running, complete };

  void draw();   // the line as it is now
  void close();  // the stage's last line, for good

  std::mutex mutex_;
  const LogLevel least_;
  const bool terminal_, colour_;
  State state_ = State::idle;
  Progress start_, now_;  // of the stage under way
  double begin_s_ = 0, end_s_ = 0, drawn_s_ = 0;
  bool line_open_ = false;  // on a terminal: the cursor stands behind it
  std::jthread clock_;      // shows that the run is alive where updates are rare; last, so that it ends first
};

}  // namespace foldwave::jobs
