// SPDX-License-Identifier: Apache-2.0

// fscache_hash (fs/fscache/main.c) for cookie keys and volume keys.
#include "CLoops.h"
#include <string.h>

struct state {
  uint32_t x, y;
};

static inline void mix(struct state *state, uint32_t word) {
  state->x ^= word;
  state->y ^= state->x;
  state->x = state->x << 7 | state->x >> 25;
  state->x += state->y;
  state->y = state->y << 20 | state->y >> 12;
  state->y *= 9;
}

static inline uint32_t finish(const struct state *state) {
  return (state->y ^ state->x * 0x61C88647u) * 0x61C88647u;
}

uint32_t cloops_hash(uint32_t salt, const uint8_t *key, size_t length) {
  struct state state = {0, salt};
  for (size_t offset = 0; offset < length; offset += 4) {
    uint32_t word = 0;
    memcpy(&word, key + offset, length - offset < 4 ? length - offset : 4);
    mix(&state, word);
  }
  return finish(&state);
}

uint32_t cloops_volume_hash(const uint8_t *key, size_t length) {
  uint8_t buffer[260] = {length};
  memcpy(buffer + 1, key, length);
  return cloops_hash(0, buffer, (1 + length + 1 + 3) / 4 * 4);
}

uint64_t cloops_hash_all(uint32_t salt, struct cloops_pack keys) {
  uint64_t sum = 0;
  for (size_t index = 0, start = 0; index < keys.count; start = keys.ends[index++])
    sum += cloops_hash(salt, keys.bytes + start, keys.ends[index] - start) & 255;
  return sum;
}

uint64_t cloops_volume_hash_all(struct cloops_pack keys) {
  uint64_t sum = 0;
  for (size_t index = 0, start = 0; index < keys.count; start = keys.ends[index++])
    sum += cloops_volume_hash(keys.bytes + start, keys.ends[index] - start);
  return sum;
}
