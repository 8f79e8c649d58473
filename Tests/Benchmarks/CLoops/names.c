// SPDX-License-Identifier: Apache-2.0

// Names of objects, as cachefiles_cook_key (fs/cachefiles/key.c) makes them, and back.
#include "CLoops.h"
#include <string.h>

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
static uint8_t values[256];

__attribute__((constructor)) static void fill(void) {
  memset(values, 255, sizeof values);
  for (int value = 0; value < 64; value++) values[(uint8_t)digits[value]] = value;
}

static inline int plain(uint8_t byte) { return byte > 0x20 && byte < 0x80 && byte != '/'; }

static inline uint32_t word(const uint8_t *key, size_t length, size_t offset) {
  uint32_t value = 0;
  memcpy(&value, key + offset, length - offset < 4 ? length - offset : 4);
  return __builtin_bswap32(value);
}

static inline int digitCount(uint32_t value) { return value ? (35 - __builtin_clz(value)) / 4 : 0; }

/// The letter of the shortest name: D, S, T or E.
static char choose(const uint8_t *key, size_t length) {
  size_t offset = 0, big = 0, little = 0, base64 = 2 + 4 * ((length + 2) / 3);
  while (offset < length && plain(key[offset])) offset++;
  if (offset == length) return 'D';
  for (offset = 0; offset < length; offset += 4) {
    uint32_t value = word(key, length, offset);
    big += 1 + digitCount(value);
    little += 1 + digitCount(__builtin_bswap32(value));
  }
  if ((big < little ? big : little) >= base64) return 'E';
  return big <= little ? 'S' : 'T';
}

size_t cloops_encode(const uint8_t *key, size_t length, uint8_t *name) {
  uint8_t *end = name, scheme = choose(key, length);
  *end++ = scheme;
  if (scheme == 'D') {
    memcpy(end, key, length);
    return 1 + length;
  }
  if (scheme != 'E') {
    for (size_t offset = 0; offset < length; offset += 4) {
      uint32_t value = word(key, length, offset);
      if (scheme == 'T') value = __builtin_bswap32(value);
      if (offset) *end++ = ',';
      for (int shift = digitCount(value) * 4 - 4; shift >= 0; shift -= 4) *end++ = digits[value >> shift & 15];
    }
    return end - name;
  }
  *end++ = '0' + (3 - length % 3) % 3;
  for (size_t offset = 0; offset < length; offset += 3) {
    uint32_t group = key[offset];
    if (offset + 1 < length) group |= key[offset + 1] << 8;
    if (offset + 2 < length) group |= key[offset + 2] << 16;
    for (int shift = 0; shift < 24; shift += 6) *end++ = digits[group >> shift & 63];
  }
  return end - name;
}

static int decodeWords(const uint8_t *name, size_t length, uint8_t *key, struct cloops_decoded *decoded) {
  size_t index = 1;
  uint8_t *end = key;
  for (;; index++) {
    uint32_t value = 0;
    size_t first = index;
    for (; index < length && name[index] != ','; index++) {
      uint8_t byte = name[index], digit = values[byte];
      if (byte >= 'A' && byte <= 'F') digit = byte - 'A' + 10, decoded->canonical = 0;
      if (digit > 15 || index - first == 8) return 0;
      if (index == first && byte == '0') decoded->canonical = 0;
      value = value << 4 | digit;
    }
    if (name[0] == 'S') value = __builtin_bswap32(value);
    memcpy(end, &value, 4);
    end += 4;
    if (index >= length) break;
  }
  decoded->length = decoded->shortest = decoded->longest = end - key;
  while (decoded->shortest + 3 > decoded->length && !key[decoded->shortest - 1]) decoded->shortest--;
  if (decoded->longest > 252) decoded->longest = 252;
  if (!decoded->canonical) return 1;
  size_t shortest = 0, longest = 0;
  for (size_t count = decoded->shortest; count <= decoded->longest; count++) {
    if (choose(key, count) != name[0]) continue;
    if (!shortest) shortest = count;
    longest = count;
  }
  if (!shortest) {
    decoded->canonical = 0;
    return 1;
  }
  decoded->shortest = shortest;
  decoded->longest = longest;
  return 1;
}

static int decodeBase64(const uint8_t *name, size_t length, uint8_t *key, struct cloops_decoded *decoded) {
  uint8_t *end = key;
  if (length < 6 || (length - 2) % 4 || name[1] < '0' || name[1] > '2') return 0;
  for (size_t index = 2; index < length; index += 4) {
    uint8_t first = values[name[index]], second = values[name[index + 1]], third = values[name[index + 2]],
            fourth = values[name[index + 3]];
    if ((first | second | third | fourth) > 63) return 0;
    uint32_t group = first | second << 6 | third << 12 | fourth << 18;
    memcpy(end, &group, 3);
    end += 3;
  }
  for (int padding = name[1] - '0'; padding > 0; padding--)
    if (*--end) decoded->canonical = 0;
  decoded->length = decoded->shortest = decoded->longest = end - key;
  if (decoded->length > 252 || choose(key, decoded->length) != 'E') decoded->canonical = 0;
  return 1;
}

int cloops_decode(const uint8_t *name, size_t length, uint8_t *key, struct cloops_decoded *decoded) {
  if (length < 2) return 0;
  decoded->canonical = length <= 255;
  switch (name[0]) {
  case 'D':
    for (size_t index = 1; index < length; index++) {
      if (!name[index] || name[index] == '/') return 0;
      if (!plain(name[index])) decoded->canonical = 0;
    }
    memcpy(key, name + 1, length - 1);
    decoded->length = decoded->shortest = decoded->longest = length - 1;
    if (length > 253) decoded->canonical = 0;
    return 1;
  case 'S':
  case 'T': return decodeWords(name, length, key, decoded);
  case 'E': return decodeBase64(name, length, key, decoded);
  default: return 0;
  }
}

uint64_t cloops_encode_all(struct cloops_pack keys) {
  uint8_t name[1024];
  uint64_t sum = 0;
  for (size_t index = 0, start = 0; index < keys.count; start = keys.ends[index++])
    sum += cloops_encode(keys.bytes + start, keys.ends[index] - start, name);
  return sum;
}

uint64_t cloops_decode_all(struct cloops_pack names) {
  uint8_t key[1024];
  struct cloops_decoded decoded;
  uint64_t sum = 0;
  for (size_t index = 0, start = 0; index < names.count; start = names.ends[index++])
    if (cloops_decode(names.bytes + start, names.ends[index] - start, key, &decoded))
      sum += decoded.shortest + decoded.canonical;
  return sum;
}
