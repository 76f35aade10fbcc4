// What the page's one script does: tables of the class "sortable" are ordered by the column whose title is clicked, or
// reached by the keyboard and pressed. Without it they are tables in the order that they were written.
#pragma once

namespace foldwave::report {

extern const char* const sorting_script;       // JavaScript
extern const char* const sorting_script_hash;  // its SHA-256 in Base64: the page's policy lets no other script run

}  // namespace foldwave::report
