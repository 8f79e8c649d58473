// SPDX-License-Identifier: Apache-2.0

// The attribute of an object: struct cachefiles_xattr (fs/cachefiles/xattr.c).
#include "CLoops.h"
#include <stdlib.h>
#include <string.h>

struct record {
  uint64_t size, zeroPoint;
  uint8_t type, content;
  uint8_t *coherency;
  size_t length;
};

static int parse(const uint8_t *value, size_t length, struct record *record) {
  if (length < 18 || length > 18 + 255) return 0;
  memcpy(&record->size, value, 8);
  memcpy(&record->zeroPoint, value + 8, 8);
  record->size = __builtin_bswap64(record->size);
  record->zeroPoint = __builtin_bswap64(record->zeroPoint);
  record->type = value[16];
  record->content = value[17];
  record->length = length - 18;
  record->coherency = malloc(record->length);
  memcpy(record->coherency, value + 18, record->length);
  return 1;
}

uint64_t cloops_records_all(struct cloops_pack values) {
  uint64_t sum = 0;
  struct record record;
  for (size_t index = 0, start = 0; index < values.count; start = values.ends[index++]) {
    if (!parse(values.bytes + start, values.ends[index] - start, &record)) continue;
    sum += record.size + record.type + record.content + record.coherency[record.length - 1];
    free(record.coherency);
  }
  return sum;
}
