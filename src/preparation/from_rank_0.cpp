#include "preparation/from_rank_0.h"

#include "foldwave/core/errors.h"

namespace foldwave::preparation {
namespace {

enum Verdict : char { result = 'r', input_error = 'i', system_error = 's', stopped = 'p' };

// The verdict, then the text of result or error.
std::string attempt(const std::function<std::string()>& make) {
  try {
    return char{result} + make();
  } catch (const InputError& error) {
    return char{input_error} + std::string(error.what());
  } catch (const Stopped& error) {
    return char{stopped} + std::string(error.what());
  } catch (const std::exception& error) {
    return char{system_error} + std::string(error.what());
  }
}

}  // namespace

std::string from_rank_0(const comm::Group& group, const std::function<std::string()>& make) {
  std::string told = group.rank() == 0 ? attempt(make) : "";
  group.broadcast(told);
  const char verdict = told.at(0);
  told.erase(0, 1);
  if (verdict == input_error) throw InputError(told);
  if (verdict == stopped) throw Stopped(told);
  if (verdict == system_error) throw SystemError(told);
  return told;
}

}  // namespace foldwave::preparation
