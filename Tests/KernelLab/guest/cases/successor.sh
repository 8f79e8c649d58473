# SPDX-License-Identifier: Apache-2.0
# Case 20. cachefiles-daemon in the place of cachefilesd: started as that is started, with its configuration, it culls to the limits
# under load, outlives what ends cachefilesd, and leaves the cache up when it is killed and its device is kept.
[[ -e /proc/fs/fscache/caches || $(uname -r) != 5.* ]] || { skip "5.10 marks no directories in use"; leave 0; }
make_cache
# Small, so that it fills.
umount $cache
mkfs.ext4 -q -F /dev/vda 160M && mount /dev/vda $cache || broken "no small file system"
modprobe cachefiles || broken "no module cachefiles"
. "$LAB_GUEST/keeper.sh"
# A hundredth of its blocks, as the kernel divides.
percent=$(($(stat -f -c '%b' $cache) / 100))

# --- starts ---

tag=mycache
grep -q "^dir $cache\$" /etc/cachefilesd.conf || broken "Debian's configuration names another directory"
status "with cachefilesd's options and Debian's own configuration it starts in the background" 0 cachefiles-daemon
check "the cache is bound by the name in it" wait_for bound_as mycache
check "it has written its number" test -s /run/cachefilesd.pid
equal "which is that of the process that has the device" cachefiles-daem "$(cat "/proc/$(</run/cachefilesd.pid)/comm")"
equal "it has given up all capabilities but two" 000000000000000a "$(awk '/^CapEff/ { print $2 }' "/proc/$(</run/cachefilesd.pid)/status")"
cachefiles-daemon -n -s > /tmp/second.log 2>&1
equal "a second one does not start" 1 $?
check "and names the first" grep -q "cachefiles-daem (pid $(</run/cachefilesd.pid)) has it open" /tmp/second.log
check "it says what it does" cachefiles daemon status
kill "$(</run/cachefilesd.pid)"
check "SIGTERM unbinds" wait_for bash -c "! grep -q mycache /proc/fs/fscache/caches"
# shellcheck disable=SC2034 # keeper.sh reads it
tag=lab

mount -t tmpfs -o size=10M tmpfs /mnt
echo "dir /mnt" > /tmp/unfit.conf
cachefiles-daemon -n -s -f /tmp/unfit.conf > /tmp/unfit.log 2>&1
equal "a file system that is unfit is refused" 1 $?
check "with the reason" grep -q 'no kernel binds a cache here: tmpfs is' /tmp/unfit.log
umount /mnt
echo "dir /nowhere" > /tmp/unfit.conf
status "a directory that does not exist is one of the configuration" 2 cachefiles-daemon -n -s -f /tmp/unfit.conf

# The traps: no newline at the end, blanks, limits in an order that the kernel refuses, nocull and resume_thresholds.
printf '  dir %s  \ntag lab\nbstop 30%%\nbcull 40%%\nbrun 50%%\nfrun 10%%\nculltable 13\nresume_thresholds - 7\nnocull' $cache > /tmp/traps.conf
check "what stops cachefilesd is read as it is meant" start_keeper -f /tmp/traps.conf
equal "each with a warning" 7 "$(grep -c 'read as it is meant' /tmp/keeper.log)"
check "the limits are those of the file" bash -c "[[ \$(sed -n 's/^run_bytes //p' $state) == $((percent * 50 * $(stat -f -c %S $cache))) ]]"
check "nocull means that it does not cull" bash -c "sleep 1; cachefiles daemon status | grep -q 'nothing to cull\|nocull'"
stop_keeper

# One start of cachefilesd in sixteen ends by itself.
failed=0
for _ in $(seq 17); do
  start_keeper -f /tmp/cachefilesd.conf > /dev/null || failed=$((failed + 1))
  stop_keeper
done
equal "it starts seventeen times in a row" 0 $failed

# --- culling under load, hostile things in the tree ---

start_nfs 300M
files=150
# Whole blocks: 6.12 does not always store a last one that is not full (K14).
for i in $(seq $files); do head -c $((293 * 4096)) /dev/urandom > "/srv/nfs/f$i"; done
write_configuration brun=40 bcull=30 bstop=5 frun=10 fcull=7 fstop=3
check "it starts for the load" start_keeper -f /tmp/cachefilesd.conf
mount_nfs3 || broken "NFS does not mount"
read_pages /mnt/n3 128
volume=$(ls -d $cache/cache/I*)
mkdir -p "$volume/@00"
mkfifo "$cache/cache/fifo" "$volume/fifo" "$volume/@00/fifo2"
ln -s /etc "$cache/cache/link"; ln -s /etc/passwd "$volume/@00/link"
mkdir "$cache/cache/lost+found" "$volume/foreign"; echo foreign > "$volume/foreign/file"
echo unknown > "$volume/@00/unexpected"
python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('$volume/socket')" 2>/dev/null
mkdir -p $cache/graveyard/deep/a/b/c; touch $cache/graveyard/stuck; chattr +i $cache/graveyard/stuck
mkfifo $cache/graveyard/deep/a/fifo
for _ in 1 2; do
  for i in $(seq $files); do cmp "/srv/nfs/f$i" "/mnt/n3/f$i" || echo "differs f$i"; done
done > /tmp/readers 2>&1
equal "readers saw no wrong byte while the cache was culled, more than twice its size was read" "" "$(cat /tmp/readers)"
check "the daemon is still there" keeper_lives
culled_many() { [[ $(field culled_objects) -gt 50 ]]; }
check "it has culled" wait_for culled_many
note "$(field culled_objects) objects, $(field scans) scans"
wait_for field_is kernel_culling false
check "there is as much room as the kernel wants" test "$(available)" -ge $((percent * 30))
for entry in "$cache/cache/"{fifo,link,lost+found} "$volume/"{fifo,socket,foreign/file,@00/fifo2,@00/link,@00/unexpected}; do
  check "what is foreign is left alone: ${entry#"$volume/"}" test -e "$entry" -o -L "$entry"
done
# On a busy machine a sweep has not come to everything yet.
swept() { [[ $(ls $cache/graveyard) == stuck ]]; }
check "what can be removed from the graveyard is gone, what cannot is left" wait_for swept
equal "and is named once" 1 "$(grep -c 'graveyard/stuck' /tmp/keeper.log)"
check "something buried is gone at once" bash -c "mkdir -p $cache/graveyard/later/x; for _ in 1 2 3 4 5 6 7 8 9 10; do [[ -e $cache/graveyard/later ]] || exit 0; sleep 0.5; done; exit 1"
chattr -i $cache/graveyard/stuck
# cachefilesd ends when somebody else empties its graveyard.
mkdir -p $cache/buried
for i in $(seq 40); do mkdir -p "$cache/buried/$i/"{1..20}; done
for i in $(seq 40); do mv "$cache/buried/$i" $cache/graveyard/; rm -rf "$cache/graveyard/$i" 2> /dev/null; done
check "the graveyard is emptied by two at a time" wait_for bash -c "[[ -z \$(ls $cache/graveyard) ]]"
check "and the daemon is still there" keeper_lives
rmdir $cache/buried

# --- a file system that others fill ---

let_go /mnt/n3
cachefiles cull --live -q --max-objects 0 $cache
# While all was in use it may have been so before: what is so still is not told again.
for _ in $(seq 30); do
  kill -USR1 "$(</tmp/keeper.pid)"
  sleep 0.5
  ! cachefiles daemon status > /dev/null || break
done
told() { grep -c 'nothing can go' /tmp/keeper.log; }
is_told() { [[ $(told) -gt $told ]]; }
told=$(told)
fallocate -l $(($(available) * $(stat -f -c %S $cache) - (1 << 20))) $cache/filler || broken "the file system cannot be filled"
# Nobody stores anything that would make the kernel look.
kill -USR1 "$(</tmp/keeper.pid)"
check "that nothing can go is told" wait_for is_told
before=$(awk '{ print $14 + $15 }' "/proc/$(</tmp/keeper.pid)/stat")
sleep 5
check "it does not spin: $(($(awk '{ print $14 + $15 }' "/proc/$(</tmp/keeper.pid)/stat") - before)) hundredths of a second in five" test $(($(awk '{ print $14 + $15 }' "/proc/$(</tmp/keeper.pid)/stat") - before)) -lt 50
equal "and is told once" $((told + 1)) "$(told)"
status "as the status is" 1 cachefiles daemon status
rm $cache/filler
kill -USR1 "$(</tmp/keeper.pid)"
for _ in $(seq 9); do cachefiles daemon status > /dev/null && break; sleep 1; done
status "when there is room again all is well" 0 cachefiles daemon status
mount_nfs3; read_pages /mnt/n3 128
cat /mnt/n3/f{1..99} > /dev/null

# --- the others know it ---

status "cull --live asks it for leave" 0 cachefiles cull --live -q --max-objects 100 $cache
status "sweep works beside it" 0 cachefiles sweep -q $cache
cachefiles doctor $cache > /tmp/doctor 2>&1
check "the doctor finds the cache bound here" grep -q 'is active' /tmp/doctor
check "and nothing critical but the special files" bash -c "! grep -i critical /tmp/doctor | grep -v 'FIFO\|special\|link\|socket\|more of this kind' | grep ."

# --- settings ---

# At once, not at its ease: an emulated processor shared with others takes its time.
printf 'min-free 60%%\ncull-share 100%%\n' > /tmp/settings
stop_keeper
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3
check "it starts with settings of its own" start_keeper -f /tmp/cachefilesd.conf --settings /tmp/settings
check "min-free is kept to" wait_for bash -c "[[ \$(stat -f -c %a $cache) -ge $((percent * 60)) ]]"
echo "max-size lots" > /tmp/settings
kill -HUP "$(</tmp/keeper.pid)"
check "a file that is wrong changes nothing" wait_for grep -q 'the settings stay as they were: /tmp/settings: line 1' /tmp/keeper.log
printf 'max-size 20M\ncull-share 100%%\n' > /tmp/settings
kill -HUP "$(</tmp/keeper.pid)"
check "a new limit is read" wait_for grep -q 'the settings have been read again' /tmp/keeper.log
check "and kept to" wait_for bash -c "[[ \$(du -sk $cache/cache | cut -f1) -le 22000 ]]"
stop_keeper
equal "a stop that is meant leaves no status" "" "$(ls $state 2>/dev/null)"

# --- killed, with the device kept and without ---

python3 "$LAB_GUEST/manager.py" /tmp/manager.log cachefiles-daemon -n -s -f /tmp/cachefilesd.conf > /tmp/managed.log 2>&1 &
manager=$!
check "a service manager is told when the cache is up" wait_for grep -q READY=1 /tmp/manager.log
check "and gets the device" wait_for grep -q FDSTORE=1 /tmp/manager.log
mount_nfs3
for i in 1 2 3 4 5; do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3; mount_nfs3
equal "what was read is cached" 0 "$(reads_of /mnt/n3/f[1-5])"
for kill in KILL SEGV KILL; do
  before=$(field pid)
  kill -$kill "$before"
  check "killed by SIG$kill it comes back" wait_for came_back "$before"
  check "the cache stayed bound" bound_as lab
  equal "as it took it over" true "$(field taken_over)"
done
let_go /mnt/n3; mount_nfs3
equal "no mount lost its cache" 0 "$(reads_of /mnt/n3/f[1-5])"
before=$(field pid)
kill -USR1 $manager
check "a restart is one of the service alone" wait_for came_back "$before"
equal "the cache stayed bound" true "$(field taken_over)"
check "the manager hears that it lives" wait_for grep -q WATCHDOG=1 /tmp/manager.log
status "cull --live finds the daemon although the manager has the device too" 0 cachefiles cull --live -q --max-objects 10 $cache
# Without the device: a clean bind.
kill -USR2 $manager; sleep 0.5
before=$(field pid)
kill -KILL "$before"
check "without the device it binds anew" wait_for came_back "$before"
equal "and takes nothing over" false "$(field taken_over)"
check "and the cache is up" bound_as lab
let_go /mnt/n3; mount_nfs3
kill $manager; wait $manager
let_go /mnt/n3
check "a stop that is meant unbinds" wait_for bash -c "! grep -q ' A lab' /proc/fs/fscache/caches"
grep -v WATCHDOG /tmp/manager.log | tail -20; tail -20 /tmp/managed.log

# --- in the end ---

equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error' | grep -v 'Failed to register')"
rm -f "$cache/cache/fifo" "$cache/cache/link" "$volume/@00/"{fifo,fifo2,link,unexpected} "$volume/fifo" "$volume/socket"
rm -rf "$volume/foreign" "$cache/cache/lost+found"
status "fsck finds nothing wrong" 0 cachefiles fsck -q $cache
leave 0
