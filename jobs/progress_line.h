// Progress for people: one line a stage on a terminal, redrawn; plain lines every few seconds in a log.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "foldwave/core/progress.h"

namespace foldwave::jobs {

class ProgressLine final : public ProgressSink {
 public:
  ProgressLine();                                // on stderr
  ~ProgressLine() override;
  void update(const Progress& progress) override;
  void note(const std::string& sentence) override;

 private:
  void end_line();

  std::mutex mutex_;
  bool terminal_;
  std::string stage_;
  double stage_begin_s_ = 0, last_shown_s_ = 0;
  int64_t first_done_ = 0;
  bool line_open_ = false;
};

}  // namespace foldwave::jobs
