#include "report/readable.h"

#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"

namespace foldwave::report {

bool where_there_is(const std::filesystem::path& path, ReportInput& input,
                    const std::function<void(const std::filesystem::path&)>& read) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return false;
  try {
    read(path);
    return true;
  } catch (const Error& failure) {
    input.damaged.insert(path.filename().string());
    input.unreadable.push_back(failure.what());
  } catch (const nlohmann::json::exception&) {
    input.damaged.insert(path.filename().string());
    input.unreadable.push_back(path.string() + " is damaged: it is not the JSON that foldwave writes there");
  }
  return false;
}

}  // namespace foldwave::report
