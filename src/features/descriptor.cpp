#include "foldwave/features/features.h"

namespace foldwave::features {

// Without the statistic and the number.
std::string descriptor_of(const std::string& column) {
  std::string name = column.substr(0, column.rfind('_'));
  const size_t number = name.find_last_not_of("0123456789");
  if (number + 1 < name.size() && name[number] == '_') name.resize(number);
  return name;
}

}  // namespace foldwave::features
