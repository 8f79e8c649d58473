#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# capture.sh SERIES [DIR]: makes captures of caches that a real kernel wrote, in the form of Sources/CCaptures/captures and
# Tests/Fixtures/proc: RELEASE.jsonl, .caches, .volumes, .cookies and .stats of NFS and SMB, RELEASE-9p.* of the 9P server that
# chooses its keys, RELEASE-afs.* and RELEASE-ceph.* where AFS and Ceph work. DIR: where they go, by default the current directory. Run
# it after `run.py`, which installs what it takes.
set -eu
here=$(dirname "$(realpath "$0")")
series=$1 out=$(realpath "${2:-.}")
place=${CACHEFILES_KERNEL_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/cachefiles-kernel-lab}
kernel=$place/kernels/$series
"$here/kernels.sh" "$series" "$kernel"
export BIN=${LAB_BIN:-$place/build/release} LAB_SECONDS=600
for case in capture afs ceph; do
  rm -f "$place/disk.img"
  truncate -s 1G "$place/disk.img"
  "$here/boot.sh" "$kernel" $case "$place/disk.img" "$out" | tr -d '\r' | grep '^LAB' || true
done
rm -f "$place/disk.img"
ls -l "$out"
