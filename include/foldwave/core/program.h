// Runs a program of the machine's and takes in what it says.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave {

struct ProgramResult {
  bool found = false;  // there is such a program
  int status = -1;     // as waitpid gives it; -1 where it was ended because its time was over
  std::string out, err;
};
// `words` begin with the program's name; it reads `in` on its standard input and `third` on its file descriptor 3.
// After `patience_s` it is killed. SystemError where the machine cannot run it.
ProgramResult run_program(const std::vector<std::string>& words, std::string_view in, std::string_view third = {},
                          double patience_s = std::numeric_limits<double>::infinity());

}  // namespace foldwave
