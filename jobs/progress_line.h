// Progress for people: one line a stage on a terminal, redrawn; plain lines every few seconds in a log.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "foldwave/core/progress.h"

namespace foldwave::jobs {

class ProgressLine final : public ProgressSink {
 public:
  ProgressLine();  // on stderr
  ~ProgressLine() override;
  void update(const Progress& progress) override;
  void note(const std::string& sentence) override;

 private:
  void show();  // the line as it is now
  std::string line() const;
  void end_line();

  std::mutex mutex_;
  const bool terminal_;
  Progress progress_;  // of the stage under way; stage empty before the first
  double begin_s_ = 0, shown_s_ = 0;
  int64_t first_done_ = 0;
  double first_work_ = 0;
  bool complete_ = false, line_open_ = false;
  std::jthread clock_;  // shows that the run is alive where updates are rare; last, so that it ends first
};

}  // namespace foldwave::jobs
