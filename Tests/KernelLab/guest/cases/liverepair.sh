# SPDX-License-Identifier: Apache-2.0
# Case 18. A cache in use is purged and repaired with the kernel's leave, while cachefilesd holds it.
[[ $(uname -r) != 5.* ]] || { skip "5.10 marks no directories in use"; leave 0; }
make_cache
start_nfs 200M
files=12
for i in $(seq $files); do head -c 200000 /dev/urandom > "/srv/nfs/f$i"; done
fill() {
  bind_daemon || return
  mount_nfs3 && mount_nfs4 || broken "NFS does not mount"
  for i in $(seq $files); do cat "/mnt/n3/f$i" "/mnt/n4/f$i" > /dev/null; done
  let_go /mnt/n3 /mnt/n4
}
path_of() { awk -v file="$1" '$1 == file { print $2 }' /tmp/objects; }
volume_of() { (cd $cache/cache && ls -d I"$1"*); }
daemon_empties() { for _ in $(seq 100); do [[ -n $(ls $cache/graveyard) ]] || return 0; sleep 0.2; done; return 1; }

check "cachefilesd holds a filled cache" fill
three=$(volume_of nfs,3) four=$(volume_of nfs,4)
mount_nfs3
exec 8< /mnt/n3/f3
cat <&8 > /dev/null
sleep 1

# Purge: a volume that no mount uses goes as a whole, one in use object by object.
status "without --live a purge is refused" 2 cachefiles purge --yes --volume 'NFS 4*' $cache
status "a volume that is not mounted is purged" 0 cachefiles purge --live --yes --json --volume 'NFS 4*' $cache
check "it is gone" test ! -e "$cache/cache/$four"
check "and cachefilesd empties the graveyard" daemon_empties
cachefiles purge --live --yes --json --volume 'NFS 3*' $cache > /tmp/purged 2>/tmp/purge.err
equal "of a mounted one something stays, which is a failure" 1 $?
equal "the object that is open" 1 "$(jq -c .in_use /tmp/purged)"
equal "all others went" $((files - 1)) "$(jq -c .done.objects /tmp/purged)"
check "the mounted volume is there" test -d "$cache/cache/$three"
check "all bytes are right" bash -c 'for f in /srv/nfs/f*; do cmp "$f" /mnt/n3/${f##*/} || exit 1; done'
check "cachefilesd lives" daemon_lives
exec 8<&-
let_go /mnt/n3

# Repair: poisoned objects are refused for ever, and go while the farm works; the next reading is cached again without a remount.
mount_nfs3
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3
unbind
python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
setfattr -x user.CacheFiles.cache "$(path_of f1)"
long=$(getfattr --only-values -n user.CacheFiles.cache "$(path_of f2)" | od -An -v -tx1 | tr -d ' \n')
setfattr -n user.CacheFiles.cache -v "0x${long}0000" "$(path_of f2)"
mv "$(path_of f4)" "$(dirname "$(path_of f5)")/$(basename "$(path_of f4)")" 2>/dev/null
check "cachefilesd holds the damaged cache" bind_daemon
mount_nfs3
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
status "without --live a repair is refused" 8 cachefiles fsck -p --journal /tmp/none $cache
cachefiles fsck -p --live --json $cache > /tmp/repaired 2>/tmp/repair.err
note "fsck -p --live ends with $?: $(jq -c .counts /tmp/repaired)"
check "it says beforehand that it cannot be taken back" grep -q 'cannot be taken back' /tmp/repair.err
for id in O06 O07; do
  equal "$id is repaired" true "$(jq -c "[.problems[] | select(.id == \"$id\") | .repaired] | unique[0]" /tmp/repaired)"
done
# The kernel lets go of a cookie some seconds after its last use, and looks again at the next one.
echo 3 > /proc/sys/vm/drop_caches
sleep 15
# On a busy machine it takes it more than once.
for file in f1 f2; do
  for _ in 1 2 3 4 5 6; do
    cat /mnt/n3/$file > /dev/null; echo 3 > /proc/sys/vm/drop_caches; sleep 12
    served=$(reads_of /mnt/n3/$file)
    [[ $served != 0 ]] || break
    echo 3 > /proc/sys/vm/drop_caches; sleep 12
  done
  equal "$file is served from the cache again, without a remount" 0 "$served"
done
check "all bytes are right" bash -c 'for f in /srv/nfs/f*; do cmp "$f" /mnt/n3/${f##*/} || exit 1; done'
check "cachefilesd lives" daemon_lives
let_go /mnt/n3
unbind
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail)|I/O error')"
