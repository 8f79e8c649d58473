#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzzer (libFuzzer, with the address sanitizer) and runs it over each family of inputs. Inputs that break a property,
# crash, take more than 5 s of processor time, a minute or 1 GiB are kept and printed.
#
#   Tests/fuzz.sh [SECONDS [FAMILY...]]    so long for each family; 30 without it
#   Tests/fuzz.sh merge [FAMILY...]        puts the fewest inputs that reach what all known ones reach into Tests/Fuzz/Corpus
#
# What is found grows in a directory outside the repository, $FUZZ_WORK or /var/tmp/cachefiles-fuzz, and is the start of the next
# run; "merge" makes it part of the repository.
set -eu
cd "$(dirname "$0")/.."
work=${FUZZ_WORK:-/var/tmp/cachefiles-fuzz}
build=.build/fuzz
# Without optimization it is built in half the time, and does less in a second.
configuration=${FUZZ_CONFIGURATION:-release}
seconds=30
merge=""
case ${1:-} in
  merge) merge=yes; shift ;;
  [0-9]*) seconds=$1; shift ;;
esac
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(sed -n 's/^  case \([a-z]*\)$/\1/p' Tests/Fuzz/Checks/Family.swift)

# Both flags: with the second alone the program has no main function, with the first alone nothing counts what is reached.
# The checks look at what is internal to modules.
swift build -q -c "$configuration" --traits Fuzzing --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing \
  --product Fuzz --scratch-path "$build"
program=$build/$configuration/Fuzz
# A backtrace by the program itself would hold the pipe open; the runtime of Swift never frees what it knows about types.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
mkdir -p "$work/crashes"

if [ -n "$merge" ]; then
  for FUZZ_FAMILY; do
    export FUZZ_FAMILY
    Tests/Fuzz/corpus.py unpack "$FUZZ_FAMILY" "$work/$FUZZ_FAMILY"
    rm -rf "$work/least"
    mkdir "$work/least"
    "$program" -merge=1 -max_len=16384 -timeout=60 "$work/least" "$work/$FUZZ_FAMILY" >"$work/output" 2>&1 || { tail -n 5 "$work/output" >&2; exit 1; }
    Tests/Fuzz/corpus.py pack "$FUZZ_FAMILY" "$work/least"
  done
  exit 0
fi

# fuzz FAMILY: what it came to is in $work/result.FAMILY, as "executions status".
fuzz() {
  export FUZZ_FAMILY="$1"
  output=$work/output.$1
  Tests/Fuzz/corpus.py unpack "$1" "$work/$1"
  # Archives are long; what is text finds little beyond some lines.
  case $1 in archives | received) length=16384 ;; *) length=2048 ;; esac
  status=0
  "$program" -max_total_time="$seconds" -max_len=$length -timeout=60 -rss_limit_mb=1024 -malloc_limit_mb=512 \
    -artifact_prefix="$work/crashes/$1-" -dict=Tests/Fuzz/words.dict -print_final_stats=1 "$work/$1" >"$output" 2>&1 || status=$?
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$output" | tail -n 1)
  reached=$(grep -a -o 'cov: [0-9]* ft: [0-9]* corp: [0-9]*' "$output" | tail -n 1 || true)
  if [ $status != 0 ] || [ -z "$count" ]; then
    grep -a -E 'Fatal error|ERROR: |SUMMARY: |Test unit written|not found' "$output" | cut -c1-400
    [ -n "$count" ] || { tail -n 5 "$output"; status=99; }
  fi
  echo "$1: ${count:-0} executions, $reached"
  echo "${count:-0} $status" >"$work/result.$1"
}

# One for each processor.
jobs=$(nproc) running=0
rm -f "$work"/result.*
for family; do
  fuzz "$family" &
  running=$((running + 1))
  [ $((running % jobs)) != 0 ] || wait
done
wait
rm -rf /dev/shm/cachefiles-fuzz-*
families=0 executions=0 crashes=0
for family; do
  result="0 99"
  [ ! -e "$work/result.$family" ] || result=$(cat "$work/result.$family")
  families=$((families + 1)) executions=$((executions + ${result% *}))
  [ "${result#* }" = 0 ] || crashes=$((crashes + 1))
done
# User and system time of what has ended, as "1m2.50s 0m3.00s": processors that other work had too say less by the clock.
times >"$work/times"
used=$(tail -n 1 "$work/times" | tr 'ms' '  ' | awk '{ printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }')
echo "fuzz: $families families, $seconds s each, $executions executions, $used s of processors, $crashes crashes in $work/crashes"
[ "$crashes" = 0 ]
