#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is too long for each change: the fuzzer over all families, the tests with both sanitizers, hostile trees, races, faults. It goes on after a
# failure, and ends with one line of counts.
#
#   Tests/nightly.sh [SECONDS]    so long for each family of the fuzzer; 1800, half an hour, without it
set -u
cd "$(dirname "$0")/.." || exit 99
seconds=${1:-1800}
work=$(mktemp -d /var/tmp/nightly-XXXXXX)
failed="" counts=""

# part NAME COMMAND...: runs a part; its last line is what it came to.
part() {
  name=$1
  shift
  if "$@" >"$work/$name" 2>&1; then result=""; else result="FAILED: "; failed="$failed $name"; fi
  tail -n 20 "$work/$name"
  counts="$counts; $result$(tail -n 1 "$work/$name")"
}

part fuzz Tests/fuzz.sh "$seconds"
part address Tests/sanitize.sh address
part thread Tests/sanitize.sh thread
# Trees that a generator makes, through every command; the same beside a process that changes them; calls that fail.
part memory Tests/Benchmarks/standing.py --objects 300000 --rounds 1000 --each 200 --image ext4 --limit 64
part build swift build -c release --static-swift-stdlib --product command-server
part debug swift build
part trees Tests/trees.py --seconds 20000
part races Tests/races.py --rounds 2000
part lab Tests/KernelLab/run.py --again --no-matrix --cases \
  names,afs,ceph,records,tails,liveness,faults,wedges,cull,backing,sweep,undo,copy,mixed,daemon,mapping,verify,live,liverepair,pins,fleet 6.1 6.12
part live env ALL_FAULTS=1 swift test -q --filter LiveFaultTests
part faults Tests/faults.py --part "$(($(date +%j) % 10))/10"

echo "nightly${counts}"
if [ -n "$failed" ]; then
  echo "nightly: failed:$failed; their output is in $work"
  exit 1
fi
rm -rf "$work"
