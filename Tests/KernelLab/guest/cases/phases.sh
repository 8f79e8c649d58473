# SPDX-License-Identifier: Apache-2.0
# Case 20. cachefiles-daemon killed in each of its phases, with the device kept; and a file system that fills faster than it culls.
[[ -e /proc/fs/fscache/caches || $(uname -r) != 5.* ]] || { skip "5.10 marks no directories in use"; leave 0; }
. "$LAB_GUEST/keeper.sh"
make_cache
umount $cache
# Objects without data, so many that a scan and a cull take seconds.
modprobe dm-mod
dmsetup create lab --noudevsync --table "0 $(blockdev --getsz /dev/vda) linear /dev/vda 0" && dmsetup mknodes lab || broken "no mapped device"
mkfs.ext4 -q -F -N 12288 /dev/mapper/lab && mount /dev/mapper/lab $cache || broken "no file system"
modprobe cachefiles || broken "no module cachefiles"
# Made in their place: before 6.6 tmpfs has no user attributes.
rmdir $cache/lost+found
cachefiles sample --quiet --objects 9000 --data 0 $cache > /tmp/made 2>&1 || broken "no objects: $(tail -1 /tmp/made)"
write_configuration brun=10 bcull=7 bstop=3 frun=50 fcull=45 fstop=1
start_nfs 200M
for i in $(seq 5); do head -c 98304 /dev/urandom > "/srv/nfs/f$i"; done
echo "interval 1s" > /tmp/settings

# kill_in PHASE [COMMAND...]: kills it when its status says so, within a minute; the command leads to that phase.
kill_in() {
  local phase=$1 before seen=""
  shift
  ! (($#)) || "$@"
  before=$(field pid)
  # At once: asked a second time it may have gone on.
  for _ in $(seq 600); do field_is activity "$phase" && { kill -KILL "$before"; seen=$phase; break; }; sleep 0.1; done
  equal "it comes to be $phase" "$phase" "$seen"
  check "killed while it is $phase it comes back" wait_for came_back "$before"
  check "the cache stayed bound" bound_as $tag
  equal "and was taken over" true "$(field taken_over)"
}
# It has 64 MiB, what the kernel keeps for it included: more would be an end by the kernel.
group=/tmp/group
mkdir $group && mount -t cgroup2 none $group && echo +memory > $group/cgroup.subtree_control && mkdir $group/{keeper,case}
echo 64M > $group/keeper/memory.max
echo $$ > $group/keeper/cgroup.procs
check "it starts, and the kernel asks for room at once" start_managed -f /tmp/cachefilesd.conf --settings /tmp/settings
echo $$ > $group/case/cgroup.procs
mount_nfs3 || broken "NFS does not mount"
cachefiles keep add -q --dir $cache /mnt/n3/f{1,2,3,4,5} || broken "no pins"
cat /mnt/n3/f{1,2,3,4,5} > /dev/null
let_go /mnt/n3; mount_nfs3
equal "what was read is cached" 0 "$(reads_of /mnt/n3/f[1-5])"

kill_in scanning
kill_in scanning
kill_in culling
kill_in culling
# shellcheck disable=SC2017 # as the kernel divides
room_made() { [[ $(stat -f -c '%d' $cache) -ge $(($(stat -f -c '%c' $cache) / 100 * 50)) ]]; }
for _ in $(seq 300); do ! room_made || break; sleep 1; done
check "in the end there is as much room as the kernel wants" room_made
for _ in $(seq 100); do ! field_is activity idle || break; sleep 0.1; done
kill_in idle
limit() { printf 'interval 1s\nmax-size 10M\n' > /tmp/settings; kill -HUP "$(field pid)"; }
kill_in limits limit
echo "interval 1h" > /tmp/settings; kill -HUP "$(field pid)"

# In the middle of the graveyard.
mkdir $cache/buried
for i in $(seq 30); do mkdir -p "$cache/buried/$i/"{1..60}; done
mv $cache/buried/* $cache/graveyard/
sleep 0.2
before=$(field pid)
kill -KILL "$before"
check "killed while it sweeps it comes back" wait_for came_back "$before"
rmdir $cache/buried
graveyard_empty() { [[ -z $(ls $cache/graveyard) ]]; }
for _ in $(seq 60); do ! graveyard_empty || break; sleep 1; done
check "and sweeps to the end" graveyard_empty

# --- a disk that hangs ---

# While the device is suspended each read of what is not in memory waits, and nothing can end it. The cache lies on a mapped device.
objects() { find $cache/cache -type f | wc -l; }
pings() { grep -c 'WATCHDOG=1' /tmp/manager.log; }
hangs() { grep -qs '^State:.D' "/proc/$(field pid)/task/"*/status; }
read_again() { [[ $(field settings_read_ns) != "$1" ]]; }
before=$(field pid) many=$(objects)
sync; echo 3 > /proc/sys/vm/drop_caches
dmsetup suspend --nolockfs --noudevsync lab || broken "the device cannot be suspended"
printf 'interval 1s\nmax-age 1s\nclock any\ncull-share 100%%\n' > /tmp/settings; kill -HUP "$before"
for _ in $(seq 600); do ! hangs || break; sleep 0.1; done
check "a look at the cache hangs with the disk" hangs
heard=$(pings)
sleep 10
heard=$(($(pings) - heard))
check "the watchdog is answered meanwhile ($heard times in ten seconds)" test $heard -ge 3
seen=$(field settings_read_ns)
kill -HUP "$before"
check "and a reload" wait_for read_again "$seen"
hangs && still=yes || still=no
equal "it hangs still, and the daemon is the same" "yes $before" "$still $(field pid)"
dmsetup resume --noudevsync lab
few() { (($(objects) < 100)); }
for _ in $(seq 120); do ! few || break; sleep 1; done
check "when the disk answers again what is old goes ($many objects before, now $(objects))" few
echo "interval 1h" > /tmp/settings; kill -HUP "$(field pid)"

let_go /mnt/n3; mount_nfs3
equal "no mount lost its cache, and what is pinned is still there" 0 "$(reads_of /mnt/n3/f[1-5])"
let_go /mnt/n3
equal "64 MiB are enough for it" 0 "$(sed -n 's/^oom_kill //p' $group/keeper/memory.events)"
note "memory: the process $(awk '/VmHWM/ { print $2 }' "/proc/$(field pid)/status") KiB at most, with the kernel's part $(cat $group/keeper/memory.peak 2> /dev/null || echo ?) bytes"
stop_managed
check "a stop that is meant unbinds" wait_for bash -c "! grep -q ' A $tag' /proc/fs/fscache/caches"

# --- a file system that fills faster than it culls ---

umount $cache
dmsetup remove --noudevsync lab
mkfs.ext4 -q -F /dev/vda 160M && mount /dev/vda $cache || broken "no small file system"
mkdir -p $cache
umount /srv/nfs 2> /dev/null
files=60
# Whole pages: 6.12 may leave out the last block of others (K14 of Docs/Errata.md).
for i in $(seq $files); do head -c $((300 * 4096)) /dev/urandom > "/srv/nfs/g$i"; done
write_configuration brun=40 bcull=30 bstop=10 frun=10 fcull=7 fstop=3
rm -f /tmp/manager.log*
check "it starts on a small file system" start_managed -f /tmp/cachefilesd.conf
mount_nfs3 || broken "NFS does not mount again"
read_pages /mnt/n3 128
# Another program takes 3 MB at a time, as fast as it can, until nothing is left.
(n=0; while fallocate -l 3M "$cache/filler$((n += 1))" 2> /dev/null; do :; done) &
filler=$!
for _ in 1 2; do
  for i in $(seq $files); do cmp "/srv/nfs/g$i" "/mnt/n3/g$i" || echo "differs g$i"; done
done > /tmp/readers 2>&1
wait $filler
equal "readers saw no wrong byte while the file system filled up" "" "$(cat /tmp/readers)"
# Where the file system has no room for an attribute, 7.2 gives the cache up with an I/O error. Then the daemon ends, and is started again.
gave_up() { dmesg | grep -q 'CacheFiles: I/O Error'; }
lives() { [[ -e /proc/$(field pid) ]] && bound_as $tag; }
! gave_up || note "the kernel gave the cache up: $(dmesg | grep -m1 -o 'CacheFiles: I/O Error.*')"
check "the daemon is there, and the cache is bound" wait_for lives
kill -USR1 "$(field pid)"
sleep 2
note "$(cachefiles daemon status 2>&1 | sed -n 2,3p)"
check "what it says of itself is that it culls, or why not" bash -c "cachefiles daemon status | grep -q 'cull\|looking'"
rm -f $cache/filler*
kill -USR1 "$(field pid)"
for _ in $(seq 30); do cachefiles daemon status > /dev/null && break; sleep 1; done
status "when the other program has given the room back all is well" 0 cachefiles daemon status
# What was mounted before the cache was bound again does not use it, and what is in memory is not stored again.
let_go /mnt/n3; mount_nfs3
cat /mnt/n3/g{1,2,3} > /dev/null
let_go /mnt/n3; mount_nfs3
equal "and files are stored again" 0 "$(reads_of /mnt/n3/g[1-3])"
let_go /mnt/n3
stop_managed
equal "the kernel reports no error but that there was no room" "" \
  "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error' | grep -vE 'Failed to register|error -28|stopped due to I/O')"
# What the kernel was about to store when it gave up lacks its attribute.
! gave_up || cachefiles fsck -p -q $cache
status "fsck finds nothing wrong" 0 cachefiles fsck -q $cache
leave 0
