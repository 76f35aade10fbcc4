// The numbers of one decision about one sample.
#pragma once

#include "foldwave/core/random.h"

namespace foldwave::augment {

inline Random draws(RandomKey key, uint16_t transform) {
  key.transform = transform;
  return Random(key);
}

// The first draw of a transform, but for masks, which have a number of their own: whether it is applied at all.
inline bool applies(Random& random, double probability) { return probability > 0 && random.uniform() < probability; }

}  // namespace foldwave::augment
