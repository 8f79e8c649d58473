#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds everything with a sanitizer and runs the tests with it. Nothing that it finds is suppressed.
#
#   Tests/sanitize.sh address|thread [swift test options, such as --filter X]
#
# The undefined-behaviour sanitizer does not exist for Swift on Linux.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-}
case $kind in
  address | thread) shift ;;
  *) echo "usage: $0 address|thread [OPTION...]" >&2; exit 64 ;;
esac
log=${LOG:-/var/tmp/sanitize-$kind.log}

# The runtime of Swift never frees what it knows about types: leaks cannot be told from that.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
traits=""
[ "$kind" = address ] || traits="--traits ThreadSanitizing"
# A backtrace by the program itself holds its pipes open, and tests wait for them.
export SWIFT_BACKTRACE=enable=no
status=0
# shellcheck disable=SC2086 # two words or none
swift build --build-tests $traits --sanitize="$kind" --scratch-path ".build/$kind" -q
# shellcheck disable=SC2086
swift test --skip-build $traits --sanitize="$kind" --scratch-path ".build/$kind" "$@" >"$log" 2>&1 || status=$?
grep -a -E 'recorded an issue|(ERROR|WARNING): (Address|Thread)Sanitizer|SUMMARY: ' "$log" | cut -c1-300 | sort | uniq -c || true
findings=$(grep -a -c -E '(ERROR|WARNING): (Address|Thread)Sanitizer' "$log" || true)
summary=$(grep -a 'Test run with' "$log" | tail -n 1 | sed 's/^[^T]*//')
# The thread sanitizer keeps a file of half a megabyte where temporary files are, and terabytes of addresses: cases that print the free room or
# limit the address space differ. They are shown; findings decide.
[ "$kind" = address ] || status=0
# A run that says nothing has not run.
[ -n "$summary" ] || { summary="the tests did not come to their end" status=99; }
[ "$findings" = 0 ] || status=1
echo "$kind sanitizer: $findings findings; $summary; log: $log"
exit "$status"
