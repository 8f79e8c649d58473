# SPDX-License-Identifier: Apache-2.0
# Case 20. cachefiles-daemon for half an hour (SOAK seconds): writers on the server, readers that compare, mounts that come and go, kills,
# reloads, live culls and sweeps beside it, and damage that is done to the cache meanwhile. Every byte is right, memory does not grow, and
# the kernel reports nothing.
# Slow: it runs only when it is named.
. "$LAB_GUEST/keeper.sh"
seconds=${SOAK:-1800}
make_cache
umount $cache
mkfs.ext4 -q -F /dev/vda 160M && mount /dev/vda $cache || broken "no small file system"
modprobe cachefiles || broken "no module cachefiles"
start_nfs 300M
files=150
for i in $(seq $files); do head -c 1200000 /dev/urandom > "/srv/nfs/f$i"; done
write_configuration brun=40 bcull=30 bstop=5 frun=10 fcull=7 fstop=3
printf 'max-size 100M\ninterval 20s\n' > /tmp/settings
check "it starts" start_managed -f /tmp/cachefilesd.conf --settings /tmp/settings
mkdir -p /mnt/other
end=$((SECONDS + seconds))
runs() { ((SECONDS < end)); }

# What a mount reads is what the server has: the file is compared while nobody writes it (its lock is held).
compare() {
  local file=$1
  exec 9> "/run/lock.$file"
  flock -s 9
  cmp "/srv/nfs/$file" "$2/$file" || echo "differs: $2/$file"
  exec 9>&-
}
reader() {
  while runs; do compare "f$((RANDOM % files + 1))" "$1"; done > "/tmp/reader.$2" 2>&1
}
writer() {
  local file
  while runs; do
    file=f$((RANDOM % files + 1))
    exec 9> "/run/lock.$file"
    flock -x 9
    # As another client of the server would. NFSv3 sees it when its attributes are old: with actimeo=0 at once.
    head -c $((RANDOM * 40)) /dev/urandom > "/srv/nfs/$file"
    exec 9>&-
    sleep 2
  done
}
comer() {
  while runs; do
    mount -t nfs -o vers=3,fsc=other,nolock,actimeo=0 localhost:/srv/nfs /mnt/other || { echo "cannot mount"; sleep 1; continue; }
    for _ in 1 2 3; do compare "f$((RANDOM % files + 1))" /mnt/other; done
    for _ in $(seq 20); do umount /mnt/other 2> /dev/null && break; sleep 0.5; done
  done > /tmp/comer 2>&1
}
# Things that no kernel makes, and things that end cachefilesd. None of it is in an object that a kernel uses.
vandal() {
  local n=0 volume
  while runs; do
    n=$((n + 1))
    volume=$(find $cache/cache -maxdepth 1 -name 'I*' | head -1)
    mkfifo "$volume/fifo$n" 2> /dev/null; ln -s /etc "$cache/cache/link$n"; mkdir -p "$volume/foreign$n"; : > "$volume/foreign$n/file"
    mkdir -p "$cache/graveyard/g$n/a/b/c"; mkfifo "$cache/graveyard/g$n/a/fifo"; echo x > "$volume/@00/strange$n" 2> /dev/null
    sleep 5
    rm -rf "$volume/fifo$n" "$cache/cache/link$n" "$volume/foreign$n" "$volume/@00/strange$n"
  done
}
trouble() {
  local pid
  while runs; do
    sleep 20; pid=$(field pid) || continue
    case $((RANDOM % 6)) in
      0) kill -KILL "$pid" ;;
      1) kill -HUP "$pid" ;;
      2) cachefiles cull --live -q --max-objects 40 $cache > /tmp/live.out 2>&1 || grep -q 'nothing else may go' /tmp/live.out || echo "cull --live: $? $(tail -1 /tmp/live.out)" ;;
      3) cachefiles sweep -q $cache > /tmp/sweep.out 2>&1 || echo "sweep: $? $(tail -1 /tmp/sweep.out)" ;;
      4) kill -USR1 "$(</tmp/manager.pid)" ;;
      5) cachefiles stats -q --json $cache > /dev/null 2> /tmp/stats.err || echo "stats: $(tail -1 /tmp/stats.err)" ;;
    esac
    for _ in $(seq 100); do bound_as lab && break; sleep 0.1; done
    bound_as lab || echo "not bound at $SECONDS"
    # None while it starts again.
    { memory=$(awk '/VmRSS/ { print $2 }' "/proc/$(field pid)/status") && echo "$SECONDS $memory" >> /tmp/memory; } 2> /dev/null
  done > /tmp/trouble 2>&1
}
mount_nfs3 actimeo=0 || broken "NFS does not mount"
read_pages /mnt/n3 128
work=()
for part in "reader /mnt/n3 1" "reader /mnt/n3 2" writer comer vandal trouble; do $part & work+=($!); done
wait "${work[@]}"
equal "no reader saw a wrong byte" "" "$(cat /tmp/reader.*)"
equal "nor did mounts that come and go" "" "$(cat /tmp/comer)"
equal "commands beside it succeed, and the cache stayed bound" "" "$(cat /tmp/trouble)"
note "$(cachefiles daemon status | tail -4 | tr '\n' ';')"
note "culls in its log: $(grep -c ' removed$\| culled' /tmp/managed.log); memory $(sort -n -k2 /tmp/memory | sed -n '1p;$p' | tr '\n' ';') of $(wc -l < /tmp/memory) looks"
most=$(awk '{ print $2 }' /tmp/memory | sort -n | tail -1)
check "its memory stays below 64 MiB: $most KiB" test "$most" -lt 65536
half=$(($(wc -l < /tmp/memory) / 2))
check "and the second half has no more than the first" test "$(tail -n "$half" /tmp/memory | awk '{ print $2 }' | sort -n | tail -1)" -le $(($(head -n "$half" /tmp/memory | awk '{ print $2 }' | sort -n | tail -1) * 11 / 10))
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error' | grep -v 'Failed to register')"
let_go /mnt/n3
stop_managed
status "fsck finds nothing wrong" 0 cachefiles fsck -q $cache
leave 0
