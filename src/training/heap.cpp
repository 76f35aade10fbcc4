#include "training/heap.h"

#include <malloc.h>

#include <limits>

namespace foldwave::training {

void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);  // no block of its own mapping: all come from the heap
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace foldwave::training
