// How a rank's work ended, in a form that travels: the kind of error and its sentence.
#pragma once

#include <exception>
#include <string>

namespace foldwave::comm {

enum class Ending : int { fine = 0, system_error, input_error, stopped };

Ending ending_of(const std::exception_ptr& error, std::string& message);
[[noreturn]] void throw_as(Ending ending, const std::string& message);

}  // namespace foldwave::comm
