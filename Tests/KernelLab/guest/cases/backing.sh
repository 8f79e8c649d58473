# SPDX-License-Identifier: Apache-2.0
# Case 18. On which file systems besides the disk's own a kernel binds a cache at all, and whether doctor and fsck say the same.
modprobe cachefiles || broken "no module cachefiles"
modprobe overlay 2>/dev/null

start_nfs
head -c 300000 /dev/urandom > /srv/nfs/f

# try NAME: binds the cache in /b/NAME and says how that ended.
try() {
  local name=$1 words doctor fsck
  cache=/b/$name
  write_configuration brun=10 bcull=7 bstop=3 frun=10 fcull=7 fstop=3
  dmesg -C
  if bind > /tmp/bind.out 2>&1; then
    # Binding is not all: an object has an attribute, is made without a name, and must be found again.
    mount_nfs3 && cat /mnt/n3/f > /dev/null
    let_go /mnt/n3
    mount_nfs3
    words="binds, objects $(objects | wc -l), READs at the second mount $(reads_of /mnt/n3/f)"
    let_go /mnt/n3
    unbind
  else
    words="does not bind: $(dmesg | grep -o 'Failed to register: .*\|idmapped.*\|Lookup .*failed.*\|mkdir .*' | tail -1)"
    rm -f /tmp/binder.pid /tmp/state
  fi
  mkdir -p $cache/cache $cache/graveyard
  cachefiles doctor --no-walk $cache > /tmp/doctor.out 2>/dev/null
  doctor=$(grep -oE 'OK|WARNING|CRITICAL' <(sed -n '/^file system/,/^$/p' /tmp/doctor.out) | head -1)
  cachefiles fsck $cache > /tmp/fsck.out 2>&1
  fsck=$?
  note "$name $words; doctor ${doctor:-ok}, fsck $fsck"
}

mkdir -p /b/tmpfs /b/ramfs /b/overlay-tmpfs /b/overlay-ext4 /b/squash /up /lo
mount -t tmpfs t /b/tmpfs && try tmpfs
mount -t ramfs r /b/ramfs && try ramfs
mkdir -p /ut && mount -t tmpfs t /ut && mkdir -p /ut/up /ut/work /ut/lo \
  && mount -t overlay o -o lowerdir=/ut/lo,upperdir=/ut/up,workdir=/ut/work /b/overlay-tmpfs && try overlay-tmpfs
mkfs.ext4 -q -F /dev/vda && mount /dev/vda /up && mkdir -p /up/up /up/work /up/lo \
  && mount -t overlay o -o lowerdir=/up/lo,upperdir=/up/up,workdir=/up/work /b/overlay-ext4 && try overlay-ext4
leave
