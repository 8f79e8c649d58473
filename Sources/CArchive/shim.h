// SPDX-License-Identifier: Apache-2.0
#pragma once
// libarchive: writing and reading pax archives.
#include <sys/types.h>
#include <archive.h>
#include <archive_entry.h>
