// SPDX-License-Identifier: Apache-2.0

// Plain loops in C that do what the functions of the toolkit do, to measure those beside; and a count of allocations.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Keys or names, one after another: the i-th lies from the end of the one before it (0 for the first) to `ends[i]`.
struct cloops_pack {
  const uint8_t *bytes;
  const size_t *ends;
  size_t count;
};

/// What a name stands for.
struct cloops_decoded {
  /// The bytes of the key, for names of words up to the end of the last word.
  size_t length;
  /// The lengths that the key can have.
  size_t shortest, longest;
  /// Whether a kernel makes this name.
  int canonical;
};

/// The name of a key; gives its length. The name has room for 1024 bytes.
size_t cloops_encode(const uint8_t *key, size_t length, uint8_t *name);
/// The key of a name; 0 when it stands for none. The key has room for 1024 bytes.
int cloops_decode(const uint8_t *name, size_t length, uint8_t *key, struct cloops_decoded *decoded);
/// The hash of a cookie key in a volume with this hash.
uint32_t cloops_hash(uint32_t salt, const uint8_t *key, size_t length);
/// The hash of a volume key.
uint32_t cloops_volume_hash(const uint8_t *key, size_t length);

/// The four over all of a pack. Each gives a sum over the results.
uint64_t cloops_encode_all(struct cloops_pack keys);
uint64_t cloops_decode_all(struct cloops_pack names);
uint64_t cloops_hash_all(uint32_t salt, struct cloops_pack keys);
uint64_t cloops_volume_hash_all(struct cloops_pack keys);
/// Reads all attributes: size, zero point, type and content, and a copy of the coherency data in memory of its own.
uint64_t cloops_records_all(struct cloops_pack values);

/// Reads an open directory from its start, as often as told, with a buffer of this size: how many entries it has and
/// the lengths of their names added up; with `status` the blocks that they occupy too. Negative when a call fails.
int64_t cloops_directory(int descriptor, size_t buffer, int status);

/// How often this program has asked for memory: malloc, calloc, realloc and the aligned calls.
uint64_t cloops_allocations(void);
