#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/store/store.h"
#include "store/layout.h"
#include "store/patience.h"

namespace foldwave::store {
namespace {

using Json = nlohmann::json;

// A new plan of the same tables and ranks is the same plan.
const std::string remedy = "; remove it, and 'foldwave prepare' plans anew and keeps the shards that fit";

Json parse(const std::string& text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw InputError(where + ": not JSON (" + error.what() + ")" + remedy);
  }
}

Json parameters_of(const StorePlan& plan) { return parse(plan.feature_json, "the features of a store"); }

// [0, ..., rows], ascending: every shard has at least one track.
bool is_partition(const std::vector<int64_t>& first_row) {
  if (first_row.size() < 2 || first_row.front() != 0) return false;
  for (size_t s = 1; s < first_row.size(); ++s) {
    if (first_row[s] <= first_row[s - 1]) return false;
  }
  return true;
}

// Of all that a plan says, so that a flipped bit is not taken for another catalogue.
std::string checksum_of(Json json) {
  json.erase("checksum");
  return fingerprint(json.dump());
}

StorePlan plan_from(const Json& json, const std::string& where) {
  try {
    if (json.at("format") != format_name) throw InputError(where + ": not the plan of a feature store");
    if (json.at("version") != format_version) throw InputError(where + ": made by another version of foldwave");
    StorePlan plan{json.at("features").dump(), json.at("catalog_hash"), json.at("first_row")};
    if (!is_partition(plan.first_row)) throw InputError(where + ": first_row does not ascend from 0" + remedy);
    if (json.at("checksum") != checksum_of(json))
      throw InputError(where + ": damaged, it does not match its checksum" + remedy);
    return plan;
  } catch (const Json::exception& error) {
    throw InputError(where + ": not the plan of a feature store (" + error.what() + ")" + remedy);
  }
}

}  // namespace

std::string StorePlan::config_hash() const { return fingerprint(parameters_of(*this).dump()); }

bool publish_plan(const std::filesystem::path& directory, const StorePlan& plan) {
  Json json = {{"format", format_name},
               {"version", format_version},
               {"features", parameters_of(plan)},
               {"config_hash", plan.config_hash()},
               {"catalog_hash", plan.catalog_hash},
               {"first_row", plan.first_row}};
  json["checksum"] = checksum_of(json);
  make_directories(directory, Readers::group);
  const bool first = publish_new(plan_path(directory), json.dump(2) + "\n", Readers::group);
  await_file(plan_path(directory));  // the other run may be on another node
  return first;
}

bool is_planned(const std::filesystem::path& directory) { return std::filesystem::exists(plan_path(directory)); }

StorePlan read_plan(const std::filesystem::path& directory) {
  const auto path = plan_path(directory);
  if (!is_planned(directory)) throw InputError(directory.string() + ": no feature store is here (no plan.json)");
  await_file(path);
  return plan_from(parse(read_file(path), path.string()), path.string());
}

}  // namespace foldwave::store
