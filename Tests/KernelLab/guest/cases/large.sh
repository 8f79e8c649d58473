# SPDX-License-Identifier: Apache-2.0
# Case 17. What a daemon culls in a second from a large cache in use, once it has had time to learn: cachefiles-daemon, which rests between
# removals and then does not, and cachefilesd. LAB_OBJECTS of the host says how large; run.py makes the cache there, with half of the room
# free. Slow: it runs only when it is named.
. "$LAB_GUEST/press.sh"
objects=${LAB_OBJECTS:-300000}
mkdir -p $cache
mount /dev/vda $cache || broken "no file system"
note "$objects objects; $(room_percent) % of the room free"
room_configuration 39
# About 60,000 objects, or as many as there are from a little below bcull to brun: fewer than the daemon remembers without being told to
# remember more.
press_to=$(awk -v n="$objects" 'BEGIN { p = 40 - 2700000 / n; printf "%.2f", p < 5 ? 5 : p < 38.9 ? p : 38.9 }')
start_nfs 64M
for i in $(seq 40); do head -c 262144 /dev/urandom > "/srv/nfs/f$i"; done
for who in cachefiles-daemon cachefilesd; do head -c 262144 /dev/urandom > "/srv/nfs/late.$who"; done
learnt=$((objects / 300 > 900 ? objects / 300 : 900))
for who in cachefiles-daemon cachefilesd; do
  rm -f $cache/some $cache/taken
  start_daemon $who
  mount_nfs3 actimeo=3600 || broken "no mount"
  cat /mnt/n3/f* > /dev/null
  take 39.5 some
  start=$(date +%s)
  if [[ $who == cachefiles-daemon ]]; then
    while [[ $(cachefiles daemon status --json | jq '.remembered_objects // 0') == 0 && $(($(date +%s) - start)) -lt $learnt ]]; do sleep 5; done
    learnt=$(($(date +%s) - start))
  fi
  python3 "$LAB_GUEST/reader.py" /mnt/n3 /tmp/reads &
  reader=$!
  # As long for both, and a little for the reader alone.
  while [[ $(($(date +%s) - start)) -lt $((learnt + 40)) ]]; do sleep 1; done
  note "$who: $(($(date +%s) - start)) s to learn"
  if [[ $who == cachefilesd ]]; then press $who "$press_to" 1200
  else
    press $who "$press_to" 240
    echo 'cull-share 100%' > /tmp/keeper.conf
    kill -HUP "$(</tmp/binder.pid)"
    note "$who, without rest from here on"
    goes $who 600
    check "$who makes room" has_room
    grep -E 'culled|learn' /tmp/keeper.log
  fi
  check "$who lives" daemon_lives
  costs $who
  rm /tmp/reads
  wait $reader
  umount /mnt/n3
  unbind
done
