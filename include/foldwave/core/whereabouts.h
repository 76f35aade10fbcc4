// Where this process is, in words: for who asks by SIGUSR1.
#pragma once

#include <string>

namespace foldwave {

class Whereabouts {
 public:
  static void say(std::string place);  // "train, resnet18+none seed 1 fold 0, epoch 3, step 17"; thread-safe, cheap;
                                       // also a debug line of the log
  // From now on each SIGUSR1 makes a thread of its own write "NAME: PLACE", a line of stderr. May be called again with
  // another name.
  static void answer_signals(const std::string& name);
};

}  // namespace foldwave
