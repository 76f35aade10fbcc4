// What a loop does that waits for something it can only ask about.
#pragma once

namespace foldwave::comm {

// Sleeps longer the longer nothing happens: some yields, then 20 us doubling to 1 ms.
class BackOff {
 public:
  void idle();
  void reset() { idle_ = 0; }

 private:
  int idle_ = 0;
};

}  // namespace foldwave::comm
