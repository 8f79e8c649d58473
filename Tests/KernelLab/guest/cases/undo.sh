# SPDX-License-Identifier: Apache-2.0
# Case 7, continued. The undo of a repair gives everything back, and the kernel does then what it did before the repair.
make_cache
start_nfs 100M
damages="noxattr longxattr shortxattr type2 directory symlink otherfanout dirty hardlink future oddlength nothing"
number=0
for damage in $damages; do
  number=$((number + 1)); head -c $((number * 4096)) /dev/urandom > "/srv/nfs/f$number"
done
check "the cache is bound" bind
mount_nfs3 || broken "NFS does not mount"
cat /mnt/n3/f* > /dev/null
let_go /mnt/n3
unbind
python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
object() { awk -v file="f$1" '$1 == file { print $2 }' /tmp/objects; }
number=0
for damage in $damages; do
  number=$((number + 1)); python3 "$LAB_GUEST/damage.py" "$damage" "$(object $number)" || broken "cannot do $damage"
done
chattr +i "$(object $number)"
volume=$(echo $cache/cache/I*)
setfattr -n user.CacheFiles.cache -v 0x00000001 "$volume"

listing $cache --no-ctime > /tmp/before
cachefiles fsck --json $cache 2>/dev/null | jq -c '[.problems[] | [.id, .path]] | sort' > /tmp/problems.before
status "fsck -p repairs" 5 cachefiles fsck -p --journal /tmp/p.journal $cache
status "fsck -y repairs the rest" 1 cachefiles fsck -y --include-dirty --journal /tmp/y.journal $cache
status "the undo of the second run succeeds" 0 cachefiles fsck --undo /tmp/y.journal
status "the undo of the first run succeeds" 0 cachefiles fsck --undo /tmp/p.journal
listing $cache --no-ctime > /tmp/after
check "everything is as before, times and attributes too" diff /tmp/before /tmp/after
cachefiles fsck --json $cache 2>/dev/null | jq -c '[.problems[] | [.id, .path]] | sort' > /tmp/problems.after
check "fsck finds the same problems as before" diff /tmp/problems.before /tmp/problems.after

# The kernel's view: the volume's damage first, which hides the rest.
inode=$(stat -c %i "$volume")
setfattr -n user.CacheFiles.cache -v 0x00000000 "$volume"
chattr -i "$(object $number)"
bind || broken "the cache cannot be bound"
mount_nfs3 || broken "NFS does not mount"
missed=$(for i in $(seq $number); do [[ $(reads_of "/mnt/n3/f$i") == 0 ]] || echo $damages | cut -d' ' -f"$i"; done)
equal "the kernel misses what it missed before the repair" \
  "noxattr longxattr shortxattr type2 directory symlink otherfanout dirty oddlength" "$(echo $missed)"
let_go /mnt/n3
unbind
equal "the volume is the same one" "$inode" "$(stat -c %i "$volume")"
bind || broken "the cache cannot be bound"
mount_nfs3 || broken "NFS does not mount"
for i in 1 2; do
  check "the kernel refuses $(echo $damages | cut -d' ' -f$i) again" test "$(reads_of "/mnt/n3/f$i")" -gt 0
done
let_go /mnt/n3
unbind
