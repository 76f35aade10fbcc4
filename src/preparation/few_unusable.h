// How many unusable files a run may go on without.
#pragma once

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/quarantine.h"
#include "foldwave/preparation/preparation.h"

namespace foldwave::preparation {

// SystemError where they are more than config allows; quarantine.csv is written before.
void require_few_unusable(const catalog::Quarantine& unusable, const catalog::Catalog& catalog,
                          const PrepareConfig& config);

}  // namespace foldwave::preparation
