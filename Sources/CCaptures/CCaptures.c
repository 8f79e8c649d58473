// SPDX-License-Identifier: Apache-2.0
#include "CCaptures.h"

// #embed is C23; the compiler has it for older standards too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char linux_5_10[] = {
#embed "captures/5.10.0-45-amd64.jsonl"
};
static const unsigned char linux_6_1[] = {
#embed "captures/6.1.0-50-amd64.jsonl"
};
static const unsigned char linux_6_12[] = {
#embed "captures/6.12.117+deb12-amd64.jsonl"
};
static const unsigned char linux_6_1_afs[] = {
#embed "captures/6.1-afs-ganesha.jsonl"
};
static const unsigned char linux_6_12_ganesha[] = {
#embed "captures/6.12-ganesha.jsonl"
};

static const struct captured_cache captured_caches[] = {
    {"5.10", "5.10.0-45-amd64", "the layout before 5.17: NFS, CIFS and 9P", linux_5_10, sizeof linux_5_10},
    {"6.1", "6.1.0-50-amd64", "NFS v3 and v4.2, CIFS and 9P", linux_6_1, sizeof linux_6_1},
    {"6.12", "6.12.117+deb12-amd64", "NFS v3 and v4.2, CIFS and 9P", linux_6_12, sizeof linux_6_12},
    {"6.1-afs", "6.1.0-50-amd64", "AFS (S names) and NFS v4.1 of a user-space server (E names)", linux_6_1_afs,
     sizeof linux_6_1_afs},
    {"6.12-ganesha", "6.12.117+deb12-amd64", "NFS v4.1 of a user-space server (E names)", linux_6_12_ganesha,
     sizeof linux_6_12_ganesha},
};
const size_t captured_cache_count = sizeof captured_caches / sizeof captured_caches[0];

const struct captured_cache *captured_cache_at(size_t index) { return &captured_caches[index]; }
