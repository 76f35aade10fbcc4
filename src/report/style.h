// How the page looks: light and dark, on a phone, on a wall and on paper.
#pragma once

namespace foldwave::report {

extern const char* const page_style;  // CSS

}  // namespace foldwave::report
