#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# boot.sh DIR CASE DISK [OUT]: boots the kernel unpacked in DIR with this machine's root file system (read-only, below an overlay),
# runs guest/cases/CASE.sh in it, and prints what the guest prints. DISK is its /dev/vda, OUT is writable from inside at /out.
# From the environment: BIN, the directory of the binaries; LAB_FS, the file system of the cache (ext4, xfs, btrfs);
# LAB_OBJECTS, of the cases 'large', 'vast' and 'mapped'; LAB_SECONDS, after which the guest is killed; LAB_SMP, how many processors it has;
# LAB_ACCEL, in place of software emulation.
# On a busy host the emulated timer may miss the kernel's test of it: no_timer_check.
set -eu
here=$(dirname "$(realpath "$0")")
dir=$(realpath "$1") case=$2 disk=$(realpath "$3") out=${4:-}
[[ -e $dir/initramfs && $dir/initramfs -nt $here/initramfs.sh ]] || "$here/initramfs.sh" "$dir"

accel=${LAB_ACCEL:-tcg,thread=multi}
more=()
if [[ -n $out ]]; then
  mkdir -p "$out"
  more+=(-virtfs "local,path=$(realpath "$out"),mount_tag=out,security_model=none,id=out")
fi

exec timeout -k 10 "${LAB_SECONDS:-300}" qemu-system-x86_64 -accel "$accel" -cpu max -smp "${LAB_SMP:-2}" -m 3072 \
  -display none -monitor none -nic none -serial stdio -no-reboot \
  -kernel "$dir"/boot/vmlinuz-* -initrd "$dir/initramfs" \
  -append "console=ttyS0 no_timer_check quiet loglevel=1 panic=-1 lab.kernel=$dir lab.guest=$here/guest lab.case=$case lab.bin=$BIN lab.fs=${LAB_FS:-ext4}${LAB_OBJECTS:+ lab.objects=$LAB_OBJECTS}" \
  -virtfs local,path=/,mount_tag=hostroot,security_model=none,readonly=on,multidevs=remap \
  -drive "file=$disk,if=virtio,format=raw,cache=unsafe" "${more[@]}" < /dev/null
