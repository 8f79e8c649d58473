// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/xattr.h>
#include <attr/error_context.h>
#include <attr/libattr.h>
