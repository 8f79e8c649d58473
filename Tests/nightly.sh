#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is too long for each change: the fuzzer over all families, the tests with both sanitizers, hostile trees, races, faults, the cases of
# the kernel lab. It goes on after a failure, and ends with one line of counts.
#
#   Tests/nightly.sh [SECONDS [PART...]]    so long for each family of the fuzzer; 1800, half an hour, without it
#
# PARTS: fuzz address thread memory trees races lab live faults; all of them, in this order, without any. A machine that has not the hours
# for all runs some in one night and the others in the next.
set -u
cd "$(dirname "$0")/.." || exit 99
seconds=${1:-1800}
case $seconds in
  *[!0-9]*) echo "nightly: the first argument is seconds, not '$seconds'" >&2; exit 64 ;;
esac
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- fuzz address thread memory trees races lab live faults
for name; do
  case $name in
    fuzz | address | thread | memory | trees | races | lab | live | faults) ;;
    *) echo "nightly: no part is called $name" >&2; exit 64 ;;
  esac
done
work=$(mktemp -d /var/tmp/nightly-XXXXXX)
failed="" counts="" built=""
day=$(($(date +%s) / 86400))

# part NAME COMMAND...: runs a part; its last line is what it came to.
part() {
  name=$1
  shift
  if "$@" >"$work/$name" 2>&1; then result=""; else result="FAILED: "; failed="$failed $name"; fi
  tail -n 20 "$work/$name"
  counts="$counts; $result$(tail -n 1 "$work/$name")"
}

# built NAME COMMAND...: builds what several parts need, once; what it says is no count.
built() {
  case " $built " in *" $1 "*) return 0 ;; esac
  built="$built $1"
  name=$1
  shift
  "$@" >"$work/$name" 2>&1 || { tail -n 20 "$work/$name"; failed="$failed $name"; }
}

optimized() { built optimized swift build -c release --static-swift-stdlib; }

for name; do
  case $name in
    fuzz) part fuzz Tests/fuzz.sh "$seconds" ;;
    address | thread) part "$name" Tests/sanitize.sh "$name" ;;
    memory)
      optimized
      part memory Tests/Benchmarks/standing.py --objects 300000 --rounds 1000 --each 200 --image ext4 --limit 64
      ;;
    # Trees that a generator makes, through every command, other ones each day; the same beside a process that changes them; calls that fail.
    trees)
      optimized
      part trees Tests/trees.py --seeds "$((day * 1000000))-$((day * 1000000 + 999999))" --seconds 20000
      ;;
    races)
      optimized
      part races Tests/races.py --rounds 2000
      ;;
    lab)
      part lab Tests/KernelLab/run.py --again --no-matrix --cases \
        names,afs,ceph,records,tails,liveness,faults,wedges,cull,backing,sweep,undo,copy,mixed,daemon,mapping,verify,live,liverepair,pins,fleet 6.1 6.12
      ;;
    live) part live env ALL_FAULTS=1 swift test -q --filter LiveFaultTests ;;
    faults)
      built debug swift build --product command-server
      part faults Tests/faults.py --part "$((day % 10))/10"
      ;;
  esac
done

echo "nightly${counts#;}"
if [ -n "$failed" ]; then
  echo "nightly: failed:$failed; their output is in $work"
  exit 1
fi
rm -rf "$work"
