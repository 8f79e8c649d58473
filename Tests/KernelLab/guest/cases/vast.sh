# SPDX-License-Identifier: Apache-2.0
# Case 17. What a daemon culls in a second from a cache of millions of objects, with its scan and after it: cachefiles-daemon, then cachefilesd.
# There are fewer inodes left than fstop, so that nothing rests; run.py makes the cache, of objects without data. LAB_OBJECTS of the host says
# how large. Slow: it runs only when it is named.
. "$LAB_GUEST/press.sh"
objects=${LAB_OBJECTS:-300000}
most=$((objects / 40 < 131000 ? objects / 40 : 131000))
# An emulated processor takes its time to make room for ten million inodes.
echo 60 > /proc/sys/kernel/watchdog_thresh
mkdir -p $cache
mount /dev/vda $cache || broken "no file system"
# In an order that the kernel takes as it stands, from the limits that it has first.
printf 'dir %s\ntag lab\nbstop 1%%\nbcull 2%%\nbrun 3%%\nfrun 9%%\nfcull 8%%\nfstop 7%%\nculltable 12\n' $cache > /tmp/cachefilesd.conf
note "$(stat -f -c '%c %d' $cache | { read -r all free; echo "$((all - free)) of $all"; }) inodes in use"

# went WHO OBJECTS SECONDS: waits until so many inodes have come free, or for so long, and says when the first one did, and the last.
went() {
  local start begun=0 before last=0 free now
  count=0
  start=$(date +%s) before=$(files)
  while :; do
    now=$(($(date +%s) - start)) free=$(files)
    if [[ $((free - before)) -gt $count ]]; then
      count=$((free - before)) last=$now
      [[ $begun != 0 ]] || { begun=$now; note "$1 has looked through the cache after $begun s"; }
    fi
    [[ $count -lt $2 && $now -lt $3 ]] || break
    sleep 1
  done
  [[ $last != 0 ]] || { note "$1: nothing in $now s"; return; }
  note "$1: $count objects in $last s, $(echo "scale=2; $count / $last" | bc) a second; $(echo "scale=2; $count / ($last - $begun + 1)" | bc) from the first on"
}

for who in cachefiles-daemon cachefilesd; do
  start_daemon $who
  # About what the daemon remembers; some tables of cachefilesd's.
  if [[ $who == cachefilesd ]]; then went $who $((most < 12288 ? most : 12288)) 3000; else went $who $most 3600; fi
  check "$who makes room" [ "$count" -gt 0 ]
  check "$who lives" daemon_lives
  costs $who
  [[ $who == cachefilesd ]] || grep -E 'culled|learn' /tmp/keeper.log
  unbind
done
