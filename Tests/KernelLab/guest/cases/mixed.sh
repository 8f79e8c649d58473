# SPDX-License-Identifier: Apache-2.0
# Case 9, continued, on a disk that a kernel before 5.17 filled: this kernel makes its own half beside the old one and leaves that
# alone; a purge of the old half leaves the new one as it is.
mkdir -p $cache
mount -t ext4 /dev/vda $cache || broken "the disk of the old kernel cannot be mounted"
write_configuration brun=10 bcull=7 bstop=3 frun=10 fcull=7 fstop=3
old=$(find $cache/cache -type f | wc -l)
check "there is an old tree of $old objects" test "$old" -gt 0
equal "fsck calls it legacy" legacy "$(cachefiles fsck --json $cache 2>/dev/null | jq -r .generation)"
(cd $cache/cache && find . -path './@*' | sort) > /tmp/old.before
start_nfs
for i in $(seq 20); do head -c $((i * 4096)) /dev/urandom > "/srv/nfs/f$i"; done
check "the kernel binds the cache" bind
mount_nfs3 || broken "NFS does not mount"
cat /mnt/n3/f* > /dev/null
let_go /mnt/n3
unbind
equal "fsck calls it mixed" mixed "$(cachefiles fsck --json $cache 2>/dev/null | jq -r .generation)"
(cd $cache/cache && find . -path './@*' | sort) > /tmp/old.after
check "the kernel has left the old half alone" diff /tmp/old.before /tmp/old.after
equal "stats counts both halves" $((old + 20)) "$(cachefiles stats --json $cache 2>/dev/null | jq .totals.objects)"
status "fsck finds no error" 0 cachefiles fsck --set V02=note --set R11=note $cache
listing $cache/cache/I* > /tmp/new.before
status "purge --legacy succeeds" 0 cachefiles purge --yes --legacy $cache
listing $cache/cache/I* > /tmp/new.after
equal "nothing of the old half is left" 0 "$(find $cache/cache -mindepth 1 -maxdepth 1 -name '@*' | wc -l)"
check "the new half is as it was" diff /tmp/new.before /tmp/new.after
equal "fsck calls it by the new layout" volumes "$(cachefiles fsck --json $cache 2>/dev/null | jq -r .generation)"
check "the kernel binds it again" bind
mount_nfs3 || broken "NFS does not mount"
equal "and serves everything without a READ" 0 "$(reads_of /mnt/n3/f*)"
let_go /mnt/n3
unbind
