// SPDX-License-Identifier: Apache-2.0
#include "CDocuments.h"

// #embed is C23; the compiler has it for older standards too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char problems[] = {
#embed "../../Docs/Problems.md"
};
static const unsigned char errata[] = {
#embed "../../Docs/Errata.md"
};
static const unsigned char recipes[] = {
#embed "../../Docs/Recipes.md"
};

static const struct embedded_document documents[] = {
    {"Problems.md", problems, sizeof problems},
    {"Errata.md", errata, sizeof errata},
    {"Recipes.md", recipes, sizeof recipes},
};
const size_t embedded_document_count = sizeof documents / sizeof documents[0];

const struct embedded_document *embedded_document_at(size_t index) { return &documents[index]; }

__attribute__((weak)) const char *cachefiles_revision(void) { return "+development"; }
