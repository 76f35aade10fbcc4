// What the fonts of this machine can draw.
#pragma once

#include <string>

namespace foldwave::report {

// Characters that no font here has become "□". (pango's own sign for them gets as large as the picture in gnuplot's
// pngcairo.)
std::string drawable(const std::string& utf8);

}  // namespace foldwave::report
