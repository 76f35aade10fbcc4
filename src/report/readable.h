// Reading what a run has left: a file that goes on being written, or was cut, is worth a sentence, not the end of the
// page.
#pragma once

#include <filesystem>
#include <functional>

#include "foldwave/report/report.h"

namespace foldwave::report {

// read(path), where there is such a file; what it throws becomes a sentence in input.unreadable. Whether it was read.
bool where_there_is(const std::filesystem::path& path, ReportInput& input,
                    const std::function<void(const std::filesystem::path&)>& read);

}  // namespace foldwave::report
