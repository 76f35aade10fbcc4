#include "comm/ending.h"

#include "foldwave/comm/fail_together.h"
#include "foldwave/comm/group.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {

Ending ending_of(const std::exception_ptr& error, std::string& message) {
  try {
    std::rethrow_exception(error);
  } catch (const InputError& e) {
    message = e.what();
    return Ending::input_error;
  } catch (const Stopped& e) {
    message = e.what();
    return Ending::stopped;
  } catch (const std::exception& e) {
    message = e.what();
    return Ending::system_error;
  }
}

void throw_as(Ending ending, const std::string& message) {
  if (ending == Ending::input_error) throw InputError(message);
  if (ending == Ending::stopped) throw Stopped(message);
  throw SystemError(message);
}

void fail_together(const Group& group, const std::exception_ptr& mine) {
  std::string word;  // a character for the ending, then the message; empty: fine
  if (mine) {
    std::string message;
    const Ending ending = ending_of(mine, message);
    word = std::to_string(static_cast<int>(ending)) + message;
  }
  std::string first;
  for (const std::string& other : group.gather(word))
    if (first.empty()) first = other;
  group.broadcast(first);
  if (first.empty()) return;
  if (first == word) std::rethrow_exception(mine);
  throw_as(static_cast<Ending>(first.front() - '0'), first.substr(1));
}

std::string on_rank_0(const Group& group, const std::function<std::string()>& task) {
  std::string answer;  // one character for the ending, then the result or the message
  std::exception_ptr error;
  if (group.rank() == 0) {
    try {
      answer = "0" + task();
    } catch (...) {
      error = std::current_exception();
      std::string message;
      const Ending ending = ending_of(error, message);
      answer = std::to_string(static_cast<int>(ending)) + message;
    }
  }
  group.broadcast(answer);
  if (error) std::rethrow_exception(error);
  const Ending ending = static_cast<Ending>(answer.at(0) - '0');
  if (ending != Ending::fine) throw_as(ending, answer.substr(1));
  return answer.substr(1);
}

void begin_together(const Group& group) {
  std::string nothing;
  group.gather(nothing);
  group.broadcast(nothing);
}

}  // namespace foldwave::comm
