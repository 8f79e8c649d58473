# SPDX-License-Identifier: Apache-2.0
# Case 17. What a daemon culls in a second from a large cache in use, once it has had time to learn: cachefiles-daemon, then cachefilesd.
# LAB_OBJECTS of the host says how large. Slow: it runs only when it is named.
. "$LAB_GUEST/press.sh"
objects=${LAB_OBJECTS:-300000}
mkdir -p $cache
# Half of the room is free in the end.
mkfs.ext4 -q -F -I 512 -N $((objects * 5 / 4)) /dev/vda $((objects * 92 / 10))K && mount /dev/vda $cache || broken "no file system"
rmdir $cache/lost+found
start=$(date +%s)
cachefiles sample --quiet --objects "$objects" --data 4K $cache > /tmp/made 2>&1 || broken "no objects: $(tail -1 /tmp/made)"
note "$objects objects, made in $(($(date +%s) - start)) s; $(room_percent) % of the room free"
room_configuration 38
start_nfs 64M
for i in $(seq 40); do head -c 262144 /dev/urandom > "/srv/nfs/f$i"; done
for who in cachefiles-daemon cachefilesd; do head -c 262144 /dev/urandom > "/srv/nfs/late.$who"; done
learnt=900
for who in cachefiles-daemon cachefilesd; do
  rm -f $cache/some $cache/taken
  start_daemon $who
  mount_nfs3 actimeo=3600 || broken "no mount"
  cat /mnt/n3/f* > /dev/null
  take 39 some
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
  # About 60,000 objects: as many as the daemon remembers without being told to remember more.
  press $who $((39 - 2600000 / objects)) 600
  check "$who lives" daemon_lives
  [[ $who == cachefilesd ]] || check "$who makes room" has_room
  costs $who
  [[ $who == cachefilesd ]] || grep -E 'culled|learn' /tmp/keeper.log
  rm /tmp/reads
  wait $reader
  umount /mnt/n3
  unbind
done
