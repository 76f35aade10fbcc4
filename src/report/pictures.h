// The charts of one report: each stands in the page, and lies beside it as a PNG and an SVG file for papers.
#pragma once

#include <filesystem>
#include <string>

#include "report/gnuplot.h"
#include "report/html.h"

namespace foldwave::report {

class Pictures {
 public:
  explicit Pictures(std::filesystem::path directory);  // an earlier report's numbered pictures are removed from it

  // A picture with its caption, and the table behind it for those who cannot see it.
  Html figure(const Chart& chart, const std::string& title, const Html& caption, const Html& table,
              bool table_open = false);
  // The picture alone; where there is none, why.
  Html picture(const Chart& chart);

  const std::string& problem() const { return problem_; }  // the first that kept a file from being drawn; or empty

 private:
  std::filesystem::path directory_;
  std::string problem_;
};

}  // namespace foldwave::report
