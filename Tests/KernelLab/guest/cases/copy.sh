# SPDX-License-Identifier: Apache-2.0
# Case 8. What `cachefiles copy` makes is a cache that the kernel takes: everything is served without a READ, and holes stay holes.
make_cache
start_nfs 200M
for i in $(seq 20); do head -c $((i * 4096)) /dev/urandom > "/srv/nfs/f$i"; done
: > /srv/nfs/empty
truncate -s 8M /srv/nfs/zeros
head -c 4194304 /dev/urandom > /srv/nfs/partly
check "the cache is bound" bind
mount_nfs3 || broken "NFS does not mount"
cat /mnt/n3/f* /mnt/n3/empty /mnt/n3/zeros > /dev/null
# Of this one only the middle.
dd if=/mnt/n3/partly of=/dev/null bs=4096 skip=600 count=8 2>/dev/null
let_go /mnt/n3
unbind

modprobe loop 2>/dev/null
truncate -s 300M /tmp/other.img
mkfs.ext4 -q -F /tmp/other.img
mkdir -p /var/cache/other
mount -o loop /tmp/other.img /var/cache/other
listing $cache > /tmp/before
status "copy with --verify succeeds" 0 cachefiles copy --verify $cache /var/cache/other/fscache
listing $cache > /tmp/after
check "the source is as before" diff /tmp/before /tmp/after
status "fsck finds nothing in the copy" 0 cachefiles fsck --deep /var/cache/other/fscache
equal "the copy has as many objects" "$(objects | wc -l)" "$(cd /var/cache/other/fscache/cache && find . -type f | wc -l)"

serve() { # serve WHAT DIR
  sed -i "s#^dir .*#dir $2#" /tmp/cachefilesd.conf
  check "$1: the kernel binds it" bind
  mount_nfs3 || broken "NFS does not mount"
  equal "$1: READs for what was cached" 0 "$(reads_of /mnt/n3/f* /mnt/n3/empty /mnt/n3/zeros)"
  check "$1: the bytes are right" bash -c 'for f in /srv/nfs/f* /srv/nfs/zeros; do cmp "$f" "/mnt/n3/${f##*/}" || exit 1; done'
  check "$1: what was not cached is read from the server" test "$(reads_of /mnt/n3/partly)" -gt 0
  check "$1: and is right" cmp /srv/nfs/partly /mnt/n3/partly
  let_go /mnt/n3
  unbind
}
serve "the copy" /var/cache/other/fscache
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
status "fsck finds nothing in the copy after its use" 0 cachefiles fsck --deep /var/cache/other/fscache
