# SPDX-License-Identifier: Apache-2.0
# Case 9, on a kernel before 5.17: its tree is recognised, listed, and purged, and it is left alone while that kernel may hold it.
# The disk is kept as it was before the purge, for the case `mixed`.
make_cache
start_nfs; start_nine
for i in $(seq 30); do head -c $((i * 1009)) /dev/urandom > "/srv/nfs/f$i"; done
check "the cache is bound" bind
mount_nfs3 && mount_nine || broken "a mount fails"
cat /mnt/n3/f* /mnt/nine/* > /dev/null
sync; sleep 2
status "fsck -p refuses while a process has the device open" 8 cachefiles fsck -p --journal /tmp/no.journal $cache
status "purge refuses while a process has the device open" 2 cachefiles purge --yes --legacy $cache
let_go /mnt/n3 /mnt/nine
unbind

files=$(find $cache/cache -type f | wc -l)
nine=$(python3 "$LAB_GUEST/nine.py" --keys | wc -l)
check "the kernel made $files objects" test "$files" -ge 30
equal "fsck calls the tree legacy" legacy "$(cachefiles fsck --json $cache 2>/dev/null | jq -r .generation)"
equal "stats counts its objects" "$files" "$(cachefiles stats --json $cache 2>/dev/null | jq .totals.objects)"
equal "ls lists them" "$files" "$(cachefiles ls --jsonl $cache 2>/dev/null | wc -l)"
python3 "$LAB_GUEST/legacy.py" $cache /srv/nfs "$nine"
sync

# The purge is of a copy.
mkdir -p /tmp/copy
truncate -s 200M /tmp/copy.img; mkfs.ext4 -q -F /tmp/copy.img; modprobe loop; mount -o loop /tmp/copy.img /tmp/copy
cp -a $cache/cache $cache/graveyard /tmp/copy/
status "purge -n leaves everything" 0 cachefiles purge -n --legacy /tmp/copy
equal "and so it is" "$files" "$(find /tmp/copy/cache -type f | wc -l)"
status "purge --legacy succeeds" 0 cachefiles purge --yes --legacy /tmp/copy
equal "nothing of the tree is left" 0 "$(find /tmp/copy/cache /tmp/copy/graveyard -mindepth 1 | wc -l)"
umount /tmp/copy
umount $cache
