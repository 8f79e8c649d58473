# SPDX-License-Identifier: Apache-2.0
# Case 19. What is pinned stays through culls and purges of a cache in use, and offline; new files come in with a refresh.
[[ $(uname -r) != 5.* ]] || { skip "5.10 marks no directories in use"; leave 0; }
make_cache
start_nfs 200M
mkdir /srv/nfs/show /srv/nfs/show/shot
# Whole pages: 6.12 stores the last block of other files only later (K14).
for i in $(seq 30); do head -c 98304 /dev/urandom > "/srv/nfs/f$i"; done
for i in $(seq 6); do head -c 98304 /dev/urandom > "/srv/nfs/show/k$i"; done
check "cachefilesd holds the cache" bind_daemon
mount_nfs3 || broken "NFS does not mount"
keep() { part=$1; shift; cachefiles keep "$part" --dir $cache "$@"; }

# Pinned before any object exists.
check "a tree is pinned before its objects exist" keep add -q /mnt/n3/show
status "none of it is cached" 1 keep check
for i in $(seq 30); do cat "/mnt/n3/f$i" > /dev/null; done
cat /mnt/n3/show/k* > /dev/null
let_go /mnt/n3
mount_nfs3
status "all of it is cached once it was read" 0 keep check
# A file that comes later.
head -c 98304 /dev/urandom > /srv/nfs/show/shot/k7
cat /mnt/n3/show/shot/k7 > /dev/null
let_go /mnt/n3
mount_nfs3
check "a refresh takes in new files" keep refresh
equal "all are pinned" 7 "$(keep list --json | jq -c '.pins[0].objects')"
status "and cached" 0 keep check
# What is pinned went unused for longest.
for directory in nfs nfs/show nfs/show/shot; do python3 "$LAB_GUEST/objects.py" $cache /srv/$directory; done > /tmp/objects
while read -r file path; do
  case ${file##*/} in k*) day=1 ;; *) day=9 ;; esac
  touch -a -d "@$((1700000000 + day * 86400))" "$path"
done < /tmp/objects

cachefiles cull --live --json --max-objects 10 $cache > /tmp/culled 2>/tmp/cull.err
equal "a live cull succeeds" 0 $? || cat /tmp/cull.err
equal "and says how much pins hold back" 7 "$(jq -c .pinned.objects /tmp/culled)"
status "all that is pinned stays" 0 keep check
status "a goal that only pinned objects could reach is refused" 1 cachefiles cull --live --max-objects 3 $cache
status "all that is pinned still stays" 0 keep check
cachefiles purge --live --yes --json --volume '*' $cache > /tmp/purged 2>&1
equal "a live purge says how much pins hold back" 7 "$(jq -c .pinned.objects /tmp/purged)"
status "all that is pinned stays" 0 keep check
equal "and nothing else" 7 "$(objects | wc -l)"
for i in 1 2 3 4 5 6; do equal "k$i is served without a READ" 0 "$(reads_of /mnt/n3/show/k$i)"; done
check "cachefilesd lives" daemon_lives

# Pins that are damaged stop the removal.
pins=/var/lib/cachefiles-toolkit/pins/var-cache-fscache.pins
cp "$pins" /tmp/pins && sed -i '$d' "$pins"
status "damaged pins stop a live cull" 1 cachefiles cull --live --max-objects 0 --best-effort $cache
status "and a live purge" 1 cachefiles purge --live --yes --volume '*' $cache
cp /tmp/pins "$pins"
status "nothing is lost" 0 keep check
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
let_go /mnt/n3
unbind
cachefiles cull -q --max-objects 0 --best-effort $cache > /dev/null 2>&1
status "an offline cull keeps it too" 0 keep check
check "and an offline purge" cachefiles purge --yes --all $cache
status "keeps it" 0 keep check
check "without pins all goes" cachefiles purge --yes --all --no-pins $cache
equal "every object" 0 "$(objects | wc -l)"
leave 0
