#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The quick check, under a minute on a tree that is built: lint, the tests of the format and of system calls, and of each command
# that changes caches a few. `swift test` is the whole.
set -eu
cd "$(dirname "$0")/.."

swift format lint --strict --recursive --parallel Sources Tests Package.swift
if command -v shellcheck >/dev/null; then
  shellcheck .ci/run Tests/*.sh Tests/KernelLab/*.sh Tests/KernelLab/guest/*.sh Tests/KernelLab/guest/cases/*.sh \
    Tests/CommandTests/Cases/lib.sh Tests/CommandTests/Cases/*/cmd
else
  echo "quick.sh: shellcheck is not installed; the scripts are not looked at" >&2
fi
swift build --build-tests
swift test --skip-build --filter '^(CachefilesFormatTests|LinuxIOTests)\.' \
  --filter '\.(CapturedCacheTests|CheckTests|CullTests|PurgeTests|RepairTests|ContractKeyTests)/'
