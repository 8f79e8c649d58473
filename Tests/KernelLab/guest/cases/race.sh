# SPDX-License-Identifier: Apache-2.0
# Case 17. How long it takes to cull 45,000 objects back to frun 50 %: cachefilesd alone, `cull --live` beside it, and cachefiles-daemon
# alone, in one guest.
# Slow: it runs only when it is named.
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
files() { stat -f -c '%d' $cache; }

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

# With time to learn: nothing has to go at first. Then another program takes room at one stroke. Limits that are lowered go to the kernel in
# the order stop, cull, run: cachefilesd sends them as they stand.
fill_room() {
  mkfs.ext4 -q -F -N 65536 /dev/vda 400M && mount /dev/vda $cache || broken "no file system"
  rmdir $cache/lost+found
  cachefiles sample --quiet --objects 45000 --data 4K $cache > /tmp/made 2>&1 || broken "no objects: $(tail -1 /tmp/made)"
  printf 'dir %s\ntag lab\nbrun 40%%\nbcull 30%%\nbstop 1%%\nfstop 1%%\nfcull 2%%\nfrun 3%%\nculltable 12\n' $cache > /tmp/cachefilesd.conf
}
room() { stat -f -c '%a' $cache; }
room_percent() { stat -f -c '%a %b' $cache | { read -r free all; echo $((free * 100 / all)); }; }
# shellcheck disable=SC2017 # as the kernel divides
has_room() { stat -f -c '%a %b' $cache | { read -r free all; [[ $free -ge $((all / 100 * 40)) ]]; }; }
# reads FROM TO: how many files a second the reader reads between two times of day.
reads() { awk -v from="$1" -v to="$2" '$1 >= from && $1 < to { n++ } END { printf "%.1f", n / (to - from) }' /tmp/reads; }
server_reads() { awk '/[ \t]READ:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats; }
# take PERCENT FILE: takes room until so much is left.
take() { fallocate -l $((($(room) - $(stat -f -c '%b' $cache) * $1 / 100) * $(stat -f -c '%S' $cache))) "$cache/$2" || broken "no room to take"; }
# press WHO: takes room down to 18 %, and measures how long it takes back to 40 %.
press() {
  local start before
  take 18 taken
  start=$(date +%s.%N) before=$(files)
  # The kernel looks at the room when something is stored: only then does it tell a daemon.
  cat "/mnt/n3/late.$1" > /dev/null
  for _ in $(seq 3000); do ! has_room || break; sleep 0.1; done
  local seconds objects end still busy
  end=$(date +%s.%N)
  seconds=$(echo "$end - $start" | bc) objects=$(($(files) - before))
  note "$1, after 90 s to learn: $seconds s, $objects objects, $(echo "$objects / $seconds" | bc) a second, $(room_percent) % free"
  check "$1 makes room" has_room
  still=$(reads "$(echo "$start - 20" | bc)" "$start") busy=$(reads "$start" "$end")
  note "$1, a reader of cached files beside it: $still a second before, $busy meanwhile, $(echo "scale=3; $busy / $still" | bc) of that"
}
start_nfs 64M
for i in $(seq 40); do head -c 262144 /dev/urandom > "/srv/nfs/f$i"; done
for who in cachefilesd cachefiles-daemon; do head -c 262144 /dev/urandom > "/srv/nfs/late.$who"; done
for who in cachefilesd cachefiles-daemon; do
  fill_room
  note "before: $(room_percent) % of the room free"
  if [[ $who == cachefilesd ]]; then bind_daemon || broken "cachefilesd does not hold the cache"
  else
    cachefiles-daemon -n -s -f /tmp/cachefilesd.conf > /tmp/keeper.log 2>&1 &
    wait_bound $! is_bound || { cat /tmp/keeper.log; broken "cachefiles-daemon does not hold the cache"; }
  fi
  mount_nfs3 actimeo=600 || broken "no mount"
  cat /mnt/n3/f* > /dev/null
  python3 "$LAB_GUEST/reader.py" /mnt/n3 /tmp/reads &
  reader=$!
  # Between bcull and brun: nothing has to go yet.
  take 35 some
  sleep 90
  before=$(server_reads)
  press $who
  check "$who lives" daemon_lives
  note "$who: memory $(awk '/VmHWM/ { print $2 }' "/proc/$(</tmp/binder.pid)/status") KiB at most; processor $(ps -o time= -p "$(</tmp/binder.pid)")"
  [[ $who == cachefilesd ]] || grep -E 'culled|learn' /tmp/keeper.log
  rm /tmp/reads
  wait $reader
  note "$who: READs at the server while room was made: $(($(server_reads) - before)) (the file that was new has 64 pages)"
  umount /mnt/n3
  unbind
  umount $cache || broken "cannot be unmounted"
done
