// SPDX-License-Identifier: Apache-2.0

// Caches captured from real kernels, one JSON line an entry, embedded in the program.
#pragma once
#include <stddef.h>

struct captured_cache {
  const char *name;           // how users name it: a kernel series
  const char *kernel;         // the kernel's release
  const char *description;    // what was cached
  const unsigned char *bytes; // JSON lines
  size_t size;                // in bytes
};

const struct captured_cache *captured_cache_at(size_t index);
extern const size_t captured_cache_count;
