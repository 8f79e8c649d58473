# SPDX-License-Identifier: Apache-2.0
# Case 17. How long it takes to cull 45,000 objects back to frun 50 %: cachefilesd alone, `cull --live` beside it, and cachefiles-daemon
# alone, in one guest.
# Slow: it runs only when it is named.
. "$LAB_GUEST/press.sh"
mkdir -p $cache
fill() {
  mkfs.ext4 -q -F -N 65536 /dev/vda && mount /dev/vda $cache || broken "no file system"
  rmdir $cache/lost+found
  cachefiles sample --quiet --objects 45000 --data 0 $cache > /tmp/made 2>&1 || broken "no objects: $(tail -1 /tmp/made)"
  printf 'dir %s\ntag lab\nfrun 50%%\nfcull 40%%\nfstop 1%%\nculltable 12\n' $cache > /tmp/cachefilesd.conf
}
free_percent() { stat -f -c '%d %c' $cache | { read -r free all; echo $((free * 100 / all)); }; }
# The kernel's limit: whole hundredths of all inodes, times 50.
# shellcheck disable=SC2017 # as the kernel divides
is_reached() { stat -f -c '%d %c' $cache | { read -r free all; [[ $free -ge $((all / 100 * 50)) ]]; }; }

# race SECONDS: until half of all inodes are free, or the time is over.
race() {
  local start before
  start=$(date +%s.%N) before=$(files)
  for _ in $(seq $(($1 * 5))); do ! is_reached || break; sleep 0.2; done
  echo "$(echo "$(date +%s.%N) - $start" | bc) s, $(($(files) - before)) objects, $(free_percent) % free"
}

fill
note "45,000 objects: $(free_percent) % of the inodes free"
before=$(files)
bind_daemon || broken "cachefilesd does not hold the cache"
start=$(date +%s.%N)
cachefiles cull --live --json --config /tmp/cachefilesd.conf $cache > /tmp/culled 2>/tmp/cull.err
equal "cull --live succeeds" 0 $? || cat /tmp/cull.err
seconds=$(echo "$(date +%s.%N) - $start" | bc)
note "cull --live beside cachefilesd: $seconds s, $(($(files) - before)) objects, $(jq -c .done.objects /tmp/culled) of them by cull --live, $(free_percent) % free"
check "half of the inodes are free" is_reached
check "cachefilesd lives" daemon_lives
unbind
umount $cache || broken "cannot be unmounted"

fill
bind_daemon || broken "cachefilesd does not hold the cache"
note "cachefilesd alone: $(race 900)"
check "cachefilesd lives" daemon_lives
unbind
umount $cache || broken "cannot be unmounted"

fill
cachefiles-daemon -n -s -f /tmp/cachefilesd.conf > /tmp/keeper.log 2>&1 &
wait_bound $! is_bound || { cat /tmp/keeper.log; broken "cachefiles-daemon does not hold the cache"; }
note "cachefiles-daemon alone: $(race 900)"
check "cachefiles-daemon lives" daemon_lives
sleep 2
grep culled /tmp/keeper.log
note "its memory: $(awk '/VmHWM/ { print $2 }' "/proc/$(</tmp/binder.pid)/status") KiB at most; processor $(ps -o time= -p "$(</tmp/binder.pid)")"
unbind
umount $cache || broken "cannot be unmounted"
