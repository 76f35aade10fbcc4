// A kernel compiled for several generations of x86-64; the loader takes the best that the machine has. One kind of CPU
// always gives the same bits.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FOLDWAVE_FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOLDWAVE_FOR_EACH_CPU
#endif
