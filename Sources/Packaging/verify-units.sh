#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Units: systemd understands all of them, and none may do much more than it must: an exposure under 3.0 of 10.
#
#     verify-units.sh DIRECTORY      of the units, which name programs that must be installed, or linked, below /usr/bin
set -eu
directory=$1
failed=0
for unit in "$directory"/*.service "$directory"/*.timer; do
    # Pages that are not installed here are no mistake of a unit.
    output=$(systemd-analyze verify --man=no "$unit" 2>&1) || failed=1
    output=$(printf '%s\n' "$output" | grep -F "$(basename "${unit%.*}")" || true)
    if [ -n "$output" ]; then
        printf '%s\n' "$output"
        failed=1
    fi
done
for unit in "$directory"/*.service; do
    exposure=$(systemd-analyze security --offline=true --no-pager "$unit" 2>/dev/null | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\) .*/\1/p')
    echo "$(basename "$unit"): $exposure"
    case $exposure in
        [0-2].*) ;;
        *) failed=1 ;;
    esac
done
exit $failed
