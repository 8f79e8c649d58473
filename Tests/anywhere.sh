#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the built tests under other conditions: another clock, time zone, locale, umask, user, number of processors, file system.
# Build first (swift build --build-tests).
#
#   Tests/anywhere.sh                      all conditions, all tests
#   Tests/anywhere.sh year-ahead xfs       these conditions
#   Tests/anywhere.sh nobody+turkish+xfs   these at once
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
conditions="year-ahead nobody+year-ahead ten-years-ahead year-behind auckland turkish umask nobody one-processor ext4 xfs btrfs tmpfs"
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

# skip REASON
skip() {
  echo "$*" >"$work/reason"
  return 77
}

# run: runs the tests as the parts of a condition have it.
run() {
  # shellcheck disable=SC2086 # lists of words
  (
    umask "$mask"
    [ -z "$zone" ] || export TZ="$zone"
    [ -z "$locale" ] || export LANG="$locale" LC_ALL="$locale"
    $processors $clock $user "$bundle" --testing-library swift-testing ${FILTER:+--filter "$FILTER"} >"$work/log" 2>&1
  )
}

# turkish: a locale with other rules for letters; it is made where it is not installed.
turkish() {
  if ! locale -a | grep -qi '^tr_TR\.utf-\?8$'; then
    mkdir -p "$work/locales"
    localedef -i tr_TR -f UTF-8 "$work/locales/tr_TR.UTF-8" 2>/dev/null || { skip "the locale cannot be made"; return; }
    export LOCPATH="$work/locales"
  fi
  locale=tr_TR.UTF-8
}

# nobody: an ordinary user, who has nothing but a directory for temporary files. He cannot mount: golden cases stand on
# the file system of that directory, with its order of names in directories.
nobody() {
  [ "$(id -u)" = 0 ] || { skip "needs root"; return; }
  user="setpriv --reuid=65534 --regid=65534 --clear-groups"
  # shellcheck disable=SC2086 # a list of words
  $user test -x "$bundle" || skip "an ordinary user cannot run the tests where they are"
}

# within TYPE: makes a file system for temporary files.
within() {
  [ "$(id -u)" = 0 ] || { skip "needs root"; return; }
  mkdir -p "$work/mount"
  if [ "$1" = tmpfs ]; then
    mount -t tmpfs -o size=4G,nr_inodes=2M tmpfs "$work/mount" || { skip "tmpfs cannot be mounted"; return; }
  else
    command -v "mkfs.$1" >/dev/null || { skip "mkfs.$1 is not installed"; return; }
    case $1 in ext4) force=-F ;; *) force=-f ;; esac
    truncate -s 6G "$work/image"
    if ! "mkfs.$1" -q $force "$work/image" >/dev/null 2>&1 || ! mount -o loop "$work/image" "$work/mount"; then
      skip "$1 cannot be made and mounted"
      return
    fi
  fi
  chmod 1777 "$work/mount"
}

# clock OFFSET
clock() {
  command -v faketime >/dev/null || { skip "faketime is not installed"; return; }
  clock="faketime -f $1"
}

# prepare PART...: takes note of each part of a condition.
prepare() {
  for part; do
    case $part in
      year-ahead) clock +365d ;;
      ten-years-ahead) clock +3652d ;;
      year-behind) clock -365d ;;
      auckland) zone=Pacific/Auckland ;;
      turkish) turkish ;;
      umask) mask=077 ;;
      nobody) nobody ;;
      one-processor) processors="taskset -c 0" ;;
      ext4 | xfs | btrfs | tmpfs) filesystem=$part ;;
      *) echo "$0: no condition '$part'; there are: $conditions" >&2; exit 64 ;;
    esac || return
  done
}

# under CONDITION: runs the tests under all parts of it.
under() {
  processors="" clock="" user="" zone="" locale="" mask=$(umask) filesystem=""
  unset LOCPATH TMPDIR
  [ -z "$temporary" ] || export TMPDIR="$temporary"
  # shellcheck disable=SC2046 # a list of words
  prepare $(echo "$1" | tr + ' ') || return
  place=""
  [ -z "$user" ] || place=$work/home
  if [ -n "$filesystem" ]; then
    within "$filesystem" || return
    place=$work/mount
  fi
  if [ -n "$user" ]; then
    mkdir -p "$place"
    chown 65534:65534 "$place"
    export HOME="$place"
  fi
  [ -z "$place" ] || export TMPDIR="$place"
  run
  result=$?
  export HOME="$home"
  if [ -n "$filesystem" ]; then
    umount "$work/mount"
    rm -f "$work/image"
  fi
  return $result
}

home=$HOME temporary=${TMPDIR:-}
for condition; do
  start=$(date +%s)
  under "$condition"
  result=$?
  # Where one part of several cannot be had, the others alone.
  if [ $result = 77 ] && [ "$condition" = nobody+year-ahead ]; then
    condition=year-ahead
    under year-ahead
    result=$?
  fi
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
