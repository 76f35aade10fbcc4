// HTML as a type of its own: text gets into a page only through escaped(), so a track named <script> is just a track.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace foldwave::report {

struct Html {
  std::string source;

  Html& operator+=(const Html& other) {
    source += other.source;
    return *this;
  }
};
inline Html operator+(Html a, const Html& b) { return a += b; }
inline Html operator""_html(const char* literal, size_t size) { return {std::string(literal, size)}; }

Html escaped(
    std::string_view text);  // for element content and quoted attributes; bytes that are not UTF-8 become U+FFFD
Html breakable(std::string_view name);  // the same, and a line may break after + and /

struct Column {
  std::string title;
  bool number = false;  // set flush right
  bool name = false;    // may be long, and takes several lines then
};
enum class Rows { as_given, sortable };  // sortable: by the reader, where the page's script runs
Html table(const std::vector<Column>& columns, const std::vector<std::vector<Html>>& rows, Rows order = Rows::as_given);
Html keyed(double key, const std::string& text);  // escaped text that is sorted by a number; by none where it is NaN
Html section(const std::string& id, const std::string& title, const Html& lead, const Html& body);
Html folded(const std::string& summary, const Html& body, bool open = false);  // <details>

}  // namespace foldwave::report
