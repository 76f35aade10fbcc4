// ensemble/meta_model.json: all that is needed to make the chosen method's prediction from those of the models.
#pragma once

#include <nlohmann/json.hpp>

#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

nlohmann::ordered_json meta_model_json(const StackOutcome& outcome, const catalog::Catalog& catalog);

const std::vector<std::string>& method_names();                             // of what combines models
bool is_method(const std::string& name);                                    // one of them
std::string name_of(StackInput input);                                      // "probability", "log_probability"
StackInput input_named(const std::string& name, const std::string& where);  // InputError, which begins with `where`

}  // namespace foldwave::ensemble
