#!/bin/sh
# The built tests under other conditions: another clock, another time zone, another locale, another umask, another user, another
# file system. Build first (swift build --build-tests).
#
#   Tests/anywhere.sh                     every condition, all tests
#   Tests/anywhere.sh year-ahead xfs      these conditions
#   FILTER=CaseTests Tests/anywhere.sh    every condition, tests of that name
#
# Needs faketime, and root for users and file systems. The monotonic clock is never faked: faketime breaks CLOCK_BOOTTIME.
set -u
cd "$(dirname "$0")/.." || exit 99
conditions="year-ahead ten-years-ahead year-behind auckland turkish umask nobody one-processor ext4 xfs btrfs tmpfs"
[ $# -gt 0 ] || set -- $conditions
status=0
work=$(mktemp -d /var/tmp/anywhere-XXXXXX)
trap 'umount "$work/mount" 2>/dev/null; rm -rf "$work"' EXIT

# tests: runs the tests with what the condition put before the command.
tests() {
  "$@" swift test --skip-build ${FILTER:+--filter "$FILTER"} >"$work/log" 2>&1
}

clock() {
  FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1 tests faketime -f "$1"
}

# mounted TYPE MKFS-COMMAND...: the temporary directory on a file system of its own.
mounted() {
  mkdir -p "$work/mount"
  type=$1
  shift
  if [ "$type" = tmpfs ]; then
    mount -t tmpfs -o size=4G tmpfs "$work/mount" || return 77
  else
    truncate -s 4G "$work/image" && "$@" "$work/image" >/dev/null 2>&1 || return 77
    mount -o loop "$work/image" "$work/mount" || return 77
  fi
  chmod 1777 "$work/mount"
  TMPDIR=$work/mount tests
  result=$?
  umount "$work/mount"
  rm -f "$work/image"
  return $result
}

for condition; do
  start=$(date +%s)
  case $condition in
    year-ahead) clock +365d ;;
    ten-years-ahead) clock +3652d ;;
    year-behind) clock -365d ;;
    auckland) TZ=Pacific/Auckland tests ;;
    turkish) LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 tests ;;
    umask) (umask 077; tests) ;;
    nobody) tests setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work" ;;
    one-processor) tests taskset -c 0 ;;
    ext4) mounted ext4 mkfs.ext4 -q -F ;;
    xfs) mounted xfs mkfs.xfs -q -f ;;
    btrfs) mounted btrfs mkfs.btrfs -q -f ;;
    tmpfs) mounted tmpfs ;;
    *) echo "$0: no condition '$condition' ($conditions)" >&2; exit 64 ;;
  esac
  result=$?
  if [ $result = 77 ]; then
    echo "$condition: skipped: this file system cannot be made or mounted here"
    continue
  fi
  echo "$condition: $(grep -E 'Test run with' "$work/log" | tail -1) ($(($(date +%s) - start)) s)"
  if [ $result != 0 ]; then
    status=1
    cp "$work/log" "/var/tmp/anywhere-$condition.log"
    echo "  see /var/tmp/anywhere-$condition.log"
  fi
done
exit $status
