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
// The statements that 'cachefiles where' gives to a database's client.
static const unsigned char fleet_table[] = {
#embed "../Packaging/fleet/table-duckdb.sql"
};
static const unsigned char fleet_views[] = {
#embed "../Packaging/fleet/views.sql"
};
static const unsigned char fleet_where[] = {
#embed "../Packaging/fleet/queries/where.sql"
};

static const struct embedded_document documents[] = {
    {"Problems.md", problems, sizeof problems},
    {"Errata.md", errata, sizeof errata},
    {"Recipes.md", recipes, sizeof recipes},
    {"table-duckdb.sql", fleet_table, sizeof fleet_table},
    {"views.sql", fleet_views, sizeof fleet_views},
    {"where.sql", fleet_where, sizeof fleet_where},
};
const size_t embedded_document_count = sizeof documents / sizeof documents[0];

const struct embedded_document *embedded_document_at(size_t index) { return &documents[index]; }

__attribute__((weak)) const char *cachefiles_revision(void) { return "+development"; }
