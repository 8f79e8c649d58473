#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# initramfs.sh DIR: makes DIR/initramfs for the kernel unpacked in DIR: busybox and the modules that it takes to mount this machine's
# root over 9p, read-only, below an overlay in memory. It ends in guest/start.sh. The root is not mounted with cache=loose: 6.1 would
# keep it in the cache that the cases look at.
set -eu
dir=$1
release=$(<"$dir/release")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bin,proc,sys,dev,host,rw,root,modules}
cp /bin/busybox "$work/bin/"

modprobe -d "$dir" -S "$release" --show-depends -a virtio_pci virtio_blk 9pnet_virtio 9p overlay virtio_rng |
  awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
  while read -r module; do
    name=$(basename "$module")
    case $name in
      *.xz) name=${name%.xz}; xz -dc "$module" > "$work/modules/$name" ;;
      *.zst) name=${name%.zst}; zstd -qdc "$module" > "$work/modules/$name" ;;
      *) cp "$module" "$work/modules/$name" ;;
    esac
    echo "$name" >> "$work/modules/order"
  done

cat > "$work/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
# Some of them fail where the kernel has them built in.
while read -r module; do insmod "/modules/$module" 2>/dev/null; done < /modules/order
stop() { echo "LAB broken: $1"; sync; poweroff -f; }
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=mmap hostroot /host || stop "no root over 9p"
mount -t tmpfs -o size=60% tmpfs /rw; mkdir -p /rw/upper /rw/work
mount -t overlay -o lowerdir=/host,upperdir=/rw/upper,workdir=/rw/work overlay /root || stop "no overlay"
for place in proc sys dev; do mount --move /$place /root/$place; done
value() { sed -n "s/.*lab\.$1=\([^ ]*\).*/\1/p" /root/proc/cmdline; }
mkdir -p /root/lab/host /root/lib/modules
mount -o bind /host /root/lab/host
mount -o bind "/host$(value kernel)/lib/modules" /root/lib/modules
mount -t tmpfs -o size=40% tmpfs /root/tmp
mount -t tmpfs tmpfs /root/run
exec chroot /root /bin/bash "/lab/host$(value guest)/start.sh" > /root/dev/console 2>&1
INIT
chmod +x "$work/init"
(cd "$work" && find . | cpio -o -H newc --quiet) | zstd -q -3 -f -o "$dir/initramfs.$$"
mv "$dir/initramfs.$$" "$dir/initramfs"
