#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the built tests under other conditions: another clock, time zone, locale, umask, user, number of processors, file system.
# Build first (swift build --build-tests).
#
#   Tests/anywhere.sh                      all conditions, all tests
#   Tests/anywhere.sh year-ahead xfs       these conditions
#   FILTER=CaseTests Tests/anywhere.sh     only tests of that name
#   BIN=/var/tmp/copy Tests/anywhere.sh    the tests and programs in that directory, in place of those that were built last
#
# It needs faketime for clocks, and root for users and file systems. What cannot be had is skipped with the reason.
#
# Clocks: the processes see the other clock; the kernel, which sets the times of files, does not. So both differ, as they do when
# a cache was filled on another day. What stat(2) says about a file is not changed (NO_FAKE_STAT), nor is the monotonic
# clock, with which work is timed.
set -u
cd "$(dirname "$0")/.." || exit 99
conditions="year-ahead nobody-year-ahead ten-years-ahead year-behind auckland turkish umask nobody one-processor ext4 xfs btrfs tmpfs"
# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $conditions
bundle=${BIN:-$(swift build --show-bin-path)}/cachefiles-toolkitPackageTests.xctest
[ -x "$bundle" ] || { echo "$0: no tests are built" >&2; exit 99; }
work=$(mktemp -d /var/tmp/anywhere-XXXXXX)
# Ends what was mounted, also after a signal.
trap 'umount "$work/mount" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
failed=0

# Of faketime, as said above.
export NO_FAKE_STAT=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1

# run [COMMAND...]: runs the tests under a command that makes the condition.
run() {
  "$@" "$bundle" --testing-library swift-testing ${FILTER:+--filter "$FILTER"} >"$work/log" 2>&1
}

# skip REASON
skip() {
  echo "$*" >"$work/reason"
  return 77
}

# clock OFFSET
clock() {
  command -v faketime >/dev/null || { skip "faketime is not installed"; return; }
  run faketime -f "$1"
}

# turkish: a locale with other rules for letters; it is made where it is not installed.
turkish() {
  if ! locale -a | grep -qi '^tr_TR\.utf-\?8$'; then
    mkdir -p "$work/locales"
    localedef -i tr_TR -f UTF-8 "$work/locales/tr_TR.UTF-8" 2>/dev/null || { skip "the locale cannot be made"; return; }
    export LOCPATH="$work/locales"
  fi
  LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 run
  result=$?
  unset LOCPATH
  return $result
}

# as_nobody [COMMAND...]: an ordinary user, who has nothing but a directory for temporary files. He cannot mount: golden cases stand on
# the machine's own file system, with its order of names in directories.
as_nobody() {
  [ "$(id -u)" = 0 ] || { skip "needs root"; return; }
  user="setpriv --reuid=65534 --regid=65534 --clear-groups"
  # shellcheck disable=SC2086 # a list of words
  $user test -x "$bundle" || { skip "an ordinary user cannot run the tests where they are"; return; }
  mkdir -p "$work/home"
  chown 65534:65534 "$work/home"
  # shellcheck disable=SC2086 # a list of words
  TMPDIR="$work/home" HOME="$work/home" run "$@" $user
}

# on TYPE [MKFS-OPTION...]: the directory for temporary files on a file system of its own.
on() {
  [ "$(id -u)" = 0 ] || { skip "needs root"; return; }
  type=$1
  shift
  mkdir -p "$work/mount"
  if [ "$type" = tmpfs ]; then
    mount -t tmpfs -o size=4G,nr_inodes=2M tmpfs "$work/mount" || { skip "tmpfs cannot be mounted"; return; }
  else
    command -v "mkfs.$type" >/dev/null || { skip "mkfs.$type is not installed"; return; }
    truncate -s 6G "$work/image"
    if ! "mkfs.$type" "$@" "$work/image" >/dev/null 2>&1 || ! mount -o loop "$work/image" "$work/mount"; then
      skip "$type cannot be made and mounted"
      return
    fi
  fi
  chmod 1777 "$work/mount"
  TMPDIR=$work/mount run
  result=$?
  umount "$work/mount"
  rm -f "$work/image"
  return $result
}

for condition; do
  start=$(date +%s)
  case $condition in
    year-ahead) clock +365d ;;
    nobody-year-ahead)
      as_nobody faketime -f +365d
      result=$?
      # Where that cannot be had, the clock alone.
      if [ $result = 77 ]; then condition=year-ahead; clock +365d; else (exit $result); fi
      ;;
    ten-years-ahead) clock +3652d ;;
    year-behind) clock -365d ;;
    auckland) TZ=Pacific/Auckland run ;;
    turkish) turkish ;;
    umask) (umask 077 && run) ;;
    nobody) as_nobody ;;
    one-processor) run taskset -c 0 ;;
    ext4) on ext4 -q -F ;;
    xfs) on xfs -q -f ;;
    btrfs) on btrfs -q -f ;;
    tmpfs) on tmpfs ;;
    *) echo "$0: no condition '$condition'; there are: $conditions" >&2; exit 64 ;;
  esac
  result=$?
  if [ $result = 77 ]; then
    echo "$condition: skipped: $(cat "$work/reason")"
    continue
  fi
  summary=$(grep -a 'Test run with' "$work/log" | tail -n 1 | sed 's/^[^T]*//')
  # A run that says nothing has not run.
  [ -n "$summary" ] || { summary="the tests did not come to their end" result=99; }
  echo "$condition: $summary, $(($(date +%s) - start)) s"
  if [ $result != 0 ]; then
    failed=1
    grep -a 'recorded an issue' "$work/log" | cut -c1-200
    cp "$work/log" "/var/tmp/anywhere-$condition.log"
    echo "  the rest is in /var/tmp/anywhere-$condition.log"
  fi
done
exit $failed
