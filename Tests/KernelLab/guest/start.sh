#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first program of the guest: sets the machine up, runs the case that the kernel's command line names, and powers off.
value() { sed -n "s/.*lab\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
export PYTHONDONTWRITEBYTECODE=1 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
export LAB_FS LAB_GUEST LAB_CASE
LAB_FS=$(value fs) LAB_GUEST=/lab/host$(value guest) LAB_CASE=$(value case)
# Each start of a program from the host's file system takes a second, from memory a quarter of it.
mkdir /run/lab
cp -a "/lab/host$(value bin)"/{cachefiles,cachefiles-fsck,cachefiles-cull,cache-du} /run/lab/
PATH=/run/lab:$PATH

# Ganesha looks for its export there, and a bare machine has none.
[[ -e /etc/mtab ]] || ln -s /proc/self/mounts /etc/mtab
[[ -e /dev/fd ]] || ln -s /proc/self/fd /dev/fd
ip link set lo up
mkdir -p /out
mount -t 9p -o trans=virtio,version=9p2000.L out /out 2>/dev/null
cd /lab || exit
bash -c '. "$LAB_GUEST/lab.sh"; . "$LAB_GUEST/cases/$LAB_CASE.sh"; leave' 2>&1
echo "LAB exit $?"
sync
/lab/host/bin/busybox poweroff -f
