// Files that crashed the rank that read them, by the notes that earlier launches left in the store's directory.
#pragma once

#include <map>
#include <string>

#include "foldwave/comm/group.h"
#include "preparation/task.h"

namespace foldwave::preparation {

struct Crashes {
  int times = 0;
  std::string signal;  // of one of them: "SIGSEGV"

  bool give_up() const { return times > 1; }  // one may have been the machine's fault: the file is tried once more
  std::string reason() const;                 // why the file cannot be used
};
using CrashedFiles = std::map<int, Crashes>;  // by track number

CrashedFiles crashed_files(const Task& task, const comm::Group& group);  // collective

}  // namespace foldwave::preparation
