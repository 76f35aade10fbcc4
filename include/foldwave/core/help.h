// The keys of a registry as people read them.
#pragma once

#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave {

std::string section_of(const Option& option);  // "train", "augment.*"
std::string first_word(const Option& option);  // of its section: "train", "augment"
std::string written(const Option& option);     // as one types it: "train.lr", "augment.NAME.time_masks"
// "[20 epochs; 1 to 100000]": the default with its unit, and what else is allowed; empty where there is nothing to say.
std::string in_brackets(const Option& option);
// What [grid] and [backbone.NAME] take beside what is declared.
const std::vector<Option>& open_keys();

// A line a key where the help is short, wrapped to `columns` where it is not; sections together, in the order of their
// first keys, each under its "[train]" where headings are wanted.
//     --train.epochs       passes over the training songs [20 epochs; 1 to 100000]
std::string describe_keys(const std::vector<const Option*>& keys, size_t columns, bool headings);

}  // namespace foldwave
