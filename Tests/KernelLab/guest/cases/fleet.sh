# SPDX-License-Identifier: Apache-2.0
# Case 23. What `cachefiles send | cachefiles receive` makes is a cache that the kernel takes: everything is served without a READ, and
# holes stay holes; of a stream that breaks off whole objects are there. Into a cache in use nothing is received. A manifest of a cache
# in use has the paths of the mount's files.
make_cache
start_nfs 200M
for i in $(seq 20); do head -c $((i * 4096)) /dev/urandom > "/srv/nfs/f$i"; done
: > /srv/nfs/empty
truncate -s 8M /srv/nfs/zeros
head -c 4194304 /dev/urandom > /srv/nfs/partly
head -c 9437184 /dev/urandom > /srv/nfs/large
check "the cache is bound" bind
mount_nfs3 || broken "NFS does not mount"
cat /mnt/n3/f* /mnt/n3/empty /mnt/n3/zeros /mnt/n3/large > /dev/null
# Of this one only the middle.
dd if=/mnt/n3/partly of=/dev/null bs=4096 skip=600 count=8 2>/dev/null
let_go /mnt/n3
mount_nfs3 || broken "NFS does not mount"
check "a manifest of the cache in use has the paths of all files" bash -c \
  "cachefiles manifest -q --search /mnt/n3 $cache | grep -o '\"path\":\"[^\"]*\"' | sort -u | wc -l | grep -qx 24"
umount /mnt/n3
unbind

modprobe loop 2>/dev/null
truncate -s 300M /tmp/other.img
mkfs.ext4 -q -F /tmp/other.img
mkdir -p /var/cache/other
mount -o loop /tmp/other.img /var/cache/other
copy=/var/cache/other/fscache
listing $cache > /tmp/before
cachefiles send -q $cache > /tmp/stream
listing $cache > /tmp/after
check "the source is as before" diff /tmp/before /tmp/after
# Mounted while no cache is bound: the kernel knows the volume all the same.
mount_nfs3 || broken "NFS does not mount"
check "a stream is received, of the volumes that are mounted" bash -c "cachefiles receive --only-mounted $copy < /tmp/stream"
umount /mnt/n3
equal "it has as many objects" "$(objects | wc -l)" "$(cd $copy/cache && find . -type f | wc -l)"
status "fsck finds nothing in it" 0 cachefiles fsck --deep $copy
status "a copy finds every byte the same" 0 cachefiles copy --verify $cache $copy
check "GNU tar lists the stream" bash -c "tar -tvf /tmp/stream > /tmp/listed 2>&1 && ! grep '^tar:' /tmp/listed"

serve() { # serve WHAT DIR
  sed -i "s#^dir .*#dir $2#" /tmp/cachefilesd.conf
  check "$1: the kernel binds it" bind
  mount_nfs3 || broken "NFS does not mount"
}
serve "the received cache" $copy
equal "READs for what was cached" 0 "$(reads_of /mnt/n3/f* /mnt/n3/empty /mnt/n3/zeros /mnt/n3/large)"
check "the bytes are right" bash -c 'for f in /srv/nfs/f* /srv/nfs/zeros /srv/nfs/large; do cmp "$f" "/mnt/n3/${f##*/}" || exit 1; done'
check "what was not cached is read from the server" test "$(reads_of /mnt/n3/partly)" -gt 0
check "and is right" cmp /srv/nfs/partly /mnt/n3/partly
status "a cache in use takes no stream" 2 bash -c "cachefiles receive $copy < /tmp/stream"
status "and sends none" 2 bash -c "cachefiles send $copy > /dev/null"
let_go /mnt/n3
unbind
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"

# A stream that breaks off.
head -c $(($(stat -c %s /tmp/stream) / 2)) /tmp/stream > /tmp/cut
status "a stream that breaks off is told" 1 bash -c "cachefiles receive /var/cache/other/cut < /tmp/cut"
status "what it left is sound" 0 cachefiles fsck --deep /var/cache/other/cut
serve "what it left" /var/cache/other/cut
check "the bytes are right after it" bash -c 'for f in /srv/nfs/f* /srv/nfs/zeros /srv/nfs/large /srv/nfs/partly; do cmp "$f" "/mnt/n3/${f##*/}" || exit 1; done'
let_go /mnt/n3
unbind
status "the same stream, whole, brings the rest" 0 bash -c "cachefiles receive /var/cache/other/cut < /tmp/stream"
status "fsck finds nothing after its use" 0 cachefiles fsck --deep /var/cache/other/cut

# What a kernel makes of objects that appear in a cache in use, which `receive` does not do: with a name that it has not looked up, and
# with that of a file which it has open at that moment.
live=/var/cache/other/live
mkdir -p $live
serve "an empty cache" $live
volume=$(cd $live/cache && echo I*)
check "the kernel has made the volume that was received" test -d "$copy/cache/$volume"
appear() { # appear FILE: its object of the received cache, at once and whole
  local object
  object=$(cachefiles locate --dir $copy "$1") || return
  object=${object#"$copy/"}
  cp -a --sparse=always --reflink=never "$copy/$object" $live/appearing
  mv -T $live/appearing "$live/$object"
}
for i in $(seq 10); do check "the object of f$i appears" appear "/mnt/n3/f$i"; done
equal "READs for objects that appeared" 0 "$(reads_of /mnt/n3/f?)"
check "the bytes of objects that appeared are right" bash -c 'for f in /srv/nfs/f?; do cmp "$f" "/mnt/n3/${f##*/}" || exit 1; done'
exec 5< /mnt/n3/f15
head -c 4096 <&5 > /dev/null
check "the object of a file in use appears" appear /mnt/n3/f15
check "its bytes are right" cmp /srv/nfs/f15 /mnt/n3/f15
exec 5<&-
let_go /mnt/n3
mount_nfs3 || broken "NFS does not mount"
check "and after another mount" cmp /srv/nfs/f15 /mnt/n3/f15
let_go /mnt/n3
unbind
equal "the kernel has no error to report of them" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
status "fsck finds nothing in that cache" 0 cachefiles fsck --deep $live
