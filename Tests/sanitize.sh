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
# One that cannot start, in a case that limits the address space, has found nothing.
findings=$(grep -a -E '(ERROR|WARNING): (Address|Thread)Sanitizer' "$log" | grep -a -v -c 'Sanitizer failed to allocate' || true)
summary=$(grep -a 'Test run with' "$log" | tail -n 1 | sed 's/^[^T]*//')
# Both need terabytes of addresses, the address sanitizer /proc, and the thread sanitizer a file of half a megabyte where temporary files are: cases
# that limit the address space, hide /proc or print the free room differ, and on a slow machine those with a limit of time. They are
# shown; findings decide.
status=0
# A run that says nothing has not run.
[ -n "$summary" ] || { summary="the tests did not come to their end" status=99; }
[ "$findings" = 0 ] || status=1
echo "$kind sanitizer: $findings findings; $summary; log: $log"
exit "$status"
