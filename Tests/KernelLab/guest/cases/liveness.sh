# SPDX-License-Identifier: Apache-2.0
# Case 4. The probe says that a cache is live while it is bound and not after; what writes refuses meanwhile, and leaves no trace.
make_cache
start_nfs
for i in $(seq 20); do head -c $((i * 4096)) /dev/urandom > /srv/nfs/f$i; done
live() { cachefiles fsck --json $cache 2>/dev/null | jq -c .live; }

# A cache with something to repair, to cull and to purge, and a journal to take back.
check "the cache is bound" bind
mount_nfs3 || broken "NFS does not mount"
cat /mnt/n3/f* > /dev/null
let_go /mnt/n3
unbind
object=$(objects | sed -n 1p)
second=$(objects | sed -n 2p)
setfattr -x user.CacheFiles.cache "$cache/cache/$second"
cachefiles fsck -q -p --journal /tmp/old.journal $cache > /dev/null 2>&1
equal "fsck repairs it while it is not bound" 1 $?
setfattr -x user.CacheFiles.cache "$cache/cache/$object"
mkdir -p $cache/graveyard/6b00e87700000001 && echo x > $cache/graveyard/6b00e87700000001/x

refuses() { # refuses WHEN
  equal "live $1" true "$(live)"
  listing $cache > /tmp/before
  status "fsck -p refuses $1" 8 cachefiles fsck -p --journal /tmp/no.journal $cache
  status "fsck -y refuses $1" 8 cachefiles-fsck -y --journal /tmp/no.journal $cache
  status "fsck --undo refuses $1" 8 cachefiles fsck --undo /tmp/old.journal $cache
  status "cull refuses $1" 2 cachefiles cull --max-objects 1 $cache
  status "cachefiles-cull refuses $1" 2 cachefiles-cull --free 99% $cache
  status "purge --all refuses $1" 2 cachefiles purge --yes --all $cache
  status "purge of a volume refuses $1" 2 cachefiles purge --yes --volume '*' $cache
  status "purge of an object refuses $1" 2 cachefiles purge --yes --object "$cache/cache/$object" $cache
  # Reading is allowed. What it finds is not the question here.
  cachefiles fsck $cache > /dev/null 2>&1
  cachefiles stats --records --extents $cache > /dev/null 2>&1
  cachefiles ls $cache > /dev/null 2>&1
  cachefiles show "$cache/cache/$object" > /dev/null 2>&1
  cachefiles cull -n --max-objects 1 $cache > /dev/null 2>&1
  cachefiles purge -n --all $cache > /dev/null 2>&1
  cachefiles sweep -n $cache > /dev/null 2>&1
  listing $cache > /tmp/after
  check "no command leaves a trace $1" diff /tmp/before /tmp/after
  check "no journal is left $1" test ! -e /tmp/no.journal
}

check "the cache is bound again" bind
refuses "bound, nothing mounted"
mount_nfs3 || broken "NFS does not mount"
cat /mnt/n3/f7 > /dev/null
sleep 1
refuses "bound and mounted"
equal "the kernel still has it" " A lab" "$(grep -o ' A lab$' /proc/fs/fscache/caches)"
equal "and serves from it" 0 "$(umount /mnt/n3; sleep 1; mount_nfs3; reads_of /mnt/n3/f7)"
let_go /mnt/n3
unbind

equal "not live after" false "$(live)"
status "fsck -p repairs after" 1 cachefiles fsck -p --journal /tmp/new.journal $cache
status "cull culls after" 0 cachefiles cull --max-objects 3 $cache
equal "to the number that was asked for" 3 "$(objects | wc -l)"
status "purge purges after" 0 cachefiles purge --yes --volume '*' $cache
equal "everything" 0 "$(objects | wc -l)"
