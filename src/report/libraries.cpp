#include "foldwave/report/libraries.h"

#include <png.h>

#include "foldwave/core/errors.h"
#include "foldwave/core/program.h"

namespace foldwave::report {
namespace {

// "gnuplot 5.4 patchlevel 4"
std::string gnuplot() {
  constexpr double kPatience_s = 10;
  try {
    const ProgramResult said = run_program({"gnuplot", "--version"}, "", {}, kPatience_s);
    if (!said.found) return "not installed";
    const std::string line = said.out.substr(0, said.out.find('\n'));
    return line.starts_with("gnuplot ") ? line.substr(8) : "?";
  } catch (const Error&) {
    return "?";
  }
}

}  // namespace

std::vector<Library> libraries() { return {{"libpng", png_get_libpng_ver(nullptr)}, {"gnuplot", gnuplot()}}; }

}  // namespace foldwave::report
