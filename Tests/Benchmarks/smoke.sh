#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each benchmark once, on little: that they run, not how fast. Needs root where a benchmark makes a file system.
#
#   Tests/Benchmarks/smoke.sh [--but|--only NAME.py]
set -eu
cd "$(dirname "$0")"

choice=${1:-} chosen=${2:-}
[ -z "$choice" ] || [ -x "$chosen" ] || { echo "$0: there is no benchmark '$chosen'" >&2; exit 64; }
case $choice in
  '' | --but | --only) ;;
  *) echo "usage: $0 [--but|--only NAME.py]" >&2; exit 64 ;;
esac

# once NAME OPTION...: what it prints is shown when it fails.
once() {
  name=$1
  shift
  case $choice in
    --but) [ "$name" != "$chosen" ] || return 0 ;;
    --only) [ "$name" = "$chosen" ] || return 0 ;;
  esac
  if output=$(./"$name" "$@" 2>&1); then echo "$name: runs"; else echo "$output"; echo "$name: failed"; exit 1; fi
}

image="" cold=""
[ "$(id -u)" != 0 ] || { image="--image ext4" cold=--cold; }
# shellcheck disable=SC2086 # two words or none
{
  once compare.py --objects 3000 --runs 1 --threads 1 2 $cold $image
  once growth.py --sizes 3000 --shapes 3000 --runs 1 --limit 64 $image
  once room.py --objects 3000 --runs 1 $image
}
if [ -n "$image" ]; then
  # shellcheck disable=SC2086
  once standing.py --objects 3000 --rounds 5 --each 20 --limit 64 $image
  once simulate.py --objects 100000 --fanouts 1 --measured 3000 --runs 1
else
  echo "standing.py, simulate.py: skipped, they need root to make a file system"
fi
once filters.py --lines 20000 --runs 1
once mapped.py --files 2000 --runs 1 --threads 1 2
once micro.py --runs 1 --smoke
