// The errors of foldwave: what a user can mend, what the machine did, and a stop that loses nothing.
#pragma once

#include <stdexcept>
#include <string>

namespace foldwave {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A command line, config, table or file that the user can mend: "train.csv line 17: genre_id 'x7' is not a number".
// Exit code 2.
class InputError : public Error {
 public:
  using Error::Error;
};

// What the machine did: a full disk, a failed read, a library call. Names the thing and the cause. Exit code 1.
class SystemError : public Error {
 public:
  using Error::Error;
  // what: "writing 'x.h5'"; the text of `error_number` (errno) is added.
  SystemError(const std::string& what, int error_number);
};

// The work was stopped early (signal, time limit) with everything saved; the same command goes on. Exit code 75.
class Stopped : public Error {
 public:
  using Error::Error;
};

}  // namespace foldwave
