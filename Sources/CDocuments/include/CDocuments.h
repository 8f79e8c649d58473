// SPDX-License-Identifier: Apache-2.0
// Documents of this package, embedded in the program: what `cachefiles explain` and `cachefiles help` print.
#pragma once
#include <stddef.h>

struct embedded_document {
  const char *name;           // of its file in Docs
  const unsigned char *bytes; // Markdown
  size_t size;                // in bytes
};

const struct embedded_document *embedded_document_at(size_t index);
extern const size_t embedded_document_count;

// What follows the number of the version: what is no release is told apart. Packages link their own in its place.
const char *cachefiles_revision(void);
